/** The seam between the server's logic and what carries its frames. */

/** One accepted wire, as the server sees it. */
export interface ServerSocket {
  /** Gives a text to the wire. Does nothing once it is closed; never throws. */
  send(text: string): void
  /** Closes after what was sent; cuts what does not answer. Never throws. */
  close(code: number, reason: string): void
  /** Bytes given to the wire and not yet taken by the system. */
  readonly bufferedAmount: number
}

/** The server's end of a wire: what the carrier reports to. */
export interface ServerConnection {
  /** A text frame. `byteLength` where the carrier knows it. */
  receive(text: string, byteLength?: number): void
  /** A frame that is no text. */
  receiveBinary(): void
  /** Whether its session is open. Until then the carrier counts what comes in, and calls {@link overflow} above `handshakeBytes`. */
  readonly opened: boolean
  /** More came in than is taken before a session is open, be it part of a frame. */
  overflow(): void
  /** The wire is gone. Nothing else follows. */
  closed(): void
}
