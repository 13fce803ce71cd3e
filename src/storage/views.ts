/** How a storage brings those who want to share a workspace to the process that owns it. */

/** One end of a wire between an owner and a view. It carries texts, each whole, in the order in which they were sent. */
export interface Port {
  /** Gives a text to the wire; does nothing once it is closed. */
  send(text: string): void
  /** Closes from this side, without `onClose`. */
  close(): void
  /** Characters that were sent and have not left this process yet, as far as the wire can tell. */
  readonly bufferedAmount: number
}

/** What comes out of a port: texts, then one close. */
export interface PortEvents {
  onText(text: string): void
  onClose(): void
}

/** The door of a storage: its owner listens there, and views knock. */
export interface Views {
  /**
   * Lets views in until the returned function is called, which closes their ports too. For the owner, while it has the
   * storage open. @throws IMError `STORAGE_IO`
   */
  listen(accept: (port: Port) => PortEvents): Promise<() => Promise<void>>

  /** Reaches the owner; gives `undefined` where nobody listens. @throws IMError `STORAGE_IO` */
  connect(events: PortEvents): Promise<Port | undefined>
}
