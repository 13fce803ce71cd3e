/** The ports of one document, in its preload script. What the page gives is checked here, and once more in the main process. */
import {
  type BridgePort,
  IPC_CHANNEL,
  MAX_TEXT,
  MAX_WORKSPACE_NAME,
  type Opening,
  type ToMain,
  type ToWindow,
} from './bridge.ts'

/** Of `ipcRenderer`, what is used. */
export interface IpcRendererPart {
  send(channel: string, message: unknown): void
  on(channel: string, listener: (event: unknown, message: unknown) => void): unknown
}

/** The main process is told what was read when it is this many characters, and when a port is quiet again. */
const READ_STEP = 64 * 1024

/** A port that is not closed yet. */
interface OpenPort {
  readonly onOpened: (opening: Opening) => void
  readonly onText: (text: string) => void
  readonly onClose: () => void
  /** Characters that were read and not told of. */
  read: number
}

/** See the head of this file. */
export class WindowPorts {
  readonly #ipc: IpcRendererPart
  readonly #ports = new Map<string, OpenPort>()
  /** No two documents choose the same: what was meant for the one before in this frame is nobody's here. */
  readonly #document = [...crypto.getRandomValues(new Uint32Array(4))].map(part => part.toString(36)).join('-')
  #last = 0

  constructor(ipc: IpcRendererPart) {
    this.#ipc = ipc
  }

  /** See `Bridge`. @throws TypeError for what is no name or no function */
  connect(workspace: string, onText: (text: string) => void, onClose: () => void): BridgePort {
    const isName = typeof workspace === 'string' && workspace.length <= MAX_WORKSPACE_NAME
    if (!isName || typeof onText !== 'function' || typeof onClose !== 'function') {
      throw new TypeError('A port needs the name of a workspace and two functions.')
    }
    const port = `${this.#document}:${++this.#last}`
    const opened = new Promise<Opening>(onOpened => {
      this.#ports.set(port, { onOpened, onText, onClose, read: 0 })
    })
    this.#tell({ type: 'open', port, workspace })
    return { opened, send: text => this.#send(port, text), close: () => this.#close(port) }
  }

  /** A message of the main process. */
  take(message: unknown): void {
    const told = message as ToWindow
    const open = this.#ports.get(told.port)
    if (!open) return
    if (told.type === 'opened') open.onOpened(told.opening)
    if (told.type === 'text') this.#read(told, open)
    if (told.type === 'closed' || (told.type === 'opened' && told.opening.name !== 'open')) this.#end(told.port, open)
  }

  #send(port: string, text: string): void {
    if (typeof text !== 'string' || text.length > MAX_TEXT) throw new TypeError('This is no text that a port carries.')
    if (this.#ports.has(port)) this.#tell({ type: 'text', port, text })
  }

  #close(port: string): void {
    if (this.#ports.delete(port)) this.#tell({ type: 'close', port })
  }

  #read({ port, text }: ToWindow & { readonly type: 'text' }, open: OpenPort): void {
    try {
      open.onText(text)
    } finally {
      if (open.read === 0) queueMicrotask(() => this.#tellRead(port, open))
      open.read += text.length
      if (open.read >= READ_STEP) this.#tellRead(port, open)
    }
  }

  #tellRead(port: string, open: OpenPort): void {
    if (open.read > 0 && this.#ports.has(port)) this.#tell({ type: 'read', port, characters: open.read })
    open.read = 0
  }

  #end(port: string, { onOpened, onClose }: OpenPort): void {
    this.#ports.delete(port)
    onOpened({ name: 'nobody' }) // where it has not been told
    onClose()
  }

  #tell(message: ToMain): void {
    this.#ipc.send(IPC_CHANNEL, message)
  }
}
