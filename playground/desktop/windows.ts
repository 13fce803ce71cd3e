/** The windows of the app, and which workspace each shows: at most one shows the same. */

/** A window: Electron's `BrowserWindow`, as far as it is used. */
export interface ConsoleWindow {
  readonly webContents: {
    readonly id: number
    readonly mainFrame: Frame
    send(channel: string, ...values: readonly unknown[]): void
  }
  isDestroyed(): boolean
  isFocused(): boolean
  isMinimized(): boolean
  restore(): void
  show(): void
  focus(): void
  close(): void
  on(event: 'closed' | 'focus', listener: () => void): unknown
}

/** By what frames are told apart. */
export interface Frame {
  readonly processId: number
  readonly routingId: number
}

/** A window that is open. */
export interface OpenWindow {
  readonly window: ConsoleWindow
  /** Absent while somebody signs in there. */
  readonly workspace: string | undefined
}

/** See the head of this file. */
export class Windows {
  /** The one that was used last at the end. */
  readonly #open = new Map<number, OpenWindow>()
  readonly #onChange: () => void

  /** @param onChange is called when another window is used, and when one shows something else or closes */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** A window has been opened. */
  add(window: ConsoleWindow, workspace?: string): void {
    const { id } = window.webContents // not to be asked once it is closed
    this.#open.set(id, { window, workspace })
    window.on('closed', () => {
      this.#open.delete(id)
      this.#onChange()
    })
    window.on('focus', () => this.#use(id))
    this.#onChange()
  }

  /** What the window shows from now on. */
  bind(id: number, workspace: string | undefined): void {
    const open = this.#open.get(id)
    if (!open) return
    this.#open.set(id, { ...open, workspace })
    this.#onChange()
  }

  /** A window by the id of its contents. */
  get(id: number): OpenWindow | undefined {
    return this.#open.get(id)
  }

  /** Every window, the one that was used last first. */
  list(): OpenWindow[] {
    return [...this.#open.values()].reverse()
  }

  /** The window that shows a workspace. */
  showing(workspace: string): ConsoleWindow | undefined {
    return this.list().find(open => open.workspace === workspace)?.window
  }

  /** What the window shows whose main frame this is. */
  workspaceOf({ processId, routingId }: Frame): string | undefined {
    return this.list().find(({ window }) => {
      if (window.isDestroyed()) return false
      const { mainFrame } = window.webContents
      return mainFrame.processId === processId && mainFrame.routingId === routingId
    })?.workspace
  }

  /** Whether the person looks at one of them. */
  get isLooking(): boolean {
    return this.list().some(({ window }) => !window.isDestroyed() && window.isFocused())
  }

  #use(id: number): void {
    const open = this.#open.get(id)
    if (!open) return
    this.#open.delete(id)
    this.#open.set(id, open)
    this.#onChange()
  }
}

/** Brings a window before the person. */
export function present(window: ConsoleWindow): void {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
