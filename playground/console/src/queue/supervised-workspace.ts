/**
 * The workspace of a digital employee as a storage that only views can use, for `new IMClient({ storage, attach: true })`: a
 * WebSocket to the server leads to the process that owns it. Where that process does not run, it is waited for.
 */
import {
  type Durability,
  IM_ERROR_CODES,
  IMError,
  type IMErrorCode,
  type Port,
  type PortEvents,
  type StorageAdapter,
} from 'im-client'

/** How the workspace is reached. `closed` and `refused` are for good, until somebody asks again. */
export type Reach =
  | { readonly name: 'connecting' | 'running' | 'notRunning' | 'unreachable' | 'closed' }
  | { readonly name: 'refused'; readonly error: IMError }

/** Where the workspace is, and who looks at it. */
export interface SupervisedWorkspaceOptions {
  /** The server's address, `http` or `https`. */
  readonly server: string
  readonly workspace: string
  readonly agentId: string
  /** The token; an empty text for none. */
  readonly token: () => Promise<string>
  /** For tests: what stands in for the browser's. */
  readonly WebSocket?: new (
    url: string,
    protocol: string,
  ) => WebSocket
}

const SUBPROTOCOL = 'im.view.v1'

/** Between two tries to reach the workspace, in milliseconds. */
const RETRY_MS = 1000

/** How long the server may take to let a page in, in milliseconds. */
const ENTER_MS = 10_000

/** See the head of this file. */
export class SupervisedWorkspace implements StorageAdapter {
  readonly durability: Durability = 'none'
  readonly views = {
    listen: () => Promise.reject(new IMError('STORAGE_IO', 'A page that looks on lets nobody in.')),
    connect: (events: PortEvents) => this.#connect(events),
  }
  readonly #options: SupervisedWorkspaceOptions
  readonly #listeners = new Set<() => void>()
  #reach: Reach = { name: 'connecting' }
  #wake: () => void = () => {}
  #giveUp: () => void = () => {}

  constructor(options: SupervisedWorkspaceOptions) {
    this.#options = options
  }

  /** How the workspace is reached at this moment. */
  get reach(): Reach {
    return this.#reach
  }

  /** Calls back after each change of {@link reach}, until the returned function is called. */
  readonly onReach = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Waits for the workspace no longer. Comes before the client is closed. */
  stop(): void {
    this.#set({ name: 'closed' })
    this.#wake()
    this.#giveUp()
  }

  open(): Promise<void> {
    return Promise.reject(new IMError('STORAGE_LOCKED', 'A page that looks on cannot own the workspace.'))
  }

  get = () => this.#refuse()
  list = () => this.#refuse()
  write = () => this.#refuse()

  async close(): Promise<void> {
    // it was never open
  }

  #refuse(): Promise<never> {
    return Promise.reject(new IMError('STORAGE_CLOSED', 'A page that looks on keeps nothing.'))
  }

  /** Resolves when there is an owner, however long that takes. @throws IMError why the page may not see it; `CLIENT_CLOSED` */
  async #connect(events: PortEvents): Promise<Port> {
    for (;;) {
      this.#requireGoing()
      const port = await this.#try(events)
      this.#requireGoing(port)
      if (port) {
        this.#set({ name: 'running' })
        return port
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve
        setTimeout(resolve, RETRY_MS)
      })
    }
  }

  #requireGoing(port?: Port): void {
    if (this.#reach.name !== 'closed') return
    port?.close()
    throw new IMError('CLIENT_CLOSED', 'The workspace is not looked at any more.')
  }

  async #try(events: PortEvents): Promise<Port | undefined> {
    const { agentId, token } = this.#options
    const credentials = { agentId, token: (await token()) || undefined }
    this.#requireGoing()
    const { WebSocket: Socket = WebSocket } = this.#options
    const socket = new Socket(addressOf(this.#options), SUBPROTOCOL)
    this.#giveUp = () => socket.close()
    const entered = await enter(socket, credentials)
    if (entered instanceof IMError) {
      this.#set({ name: 'refused', error: entered })
      throw entered
    }
    if (entered === 'running') return this.#carry(socket, events)
    if (this.#reach.name !== 'closed') this.#set({ name: entered })
    return undefined
  }

  #carry(socket: WebSocket, events: PortEvents): Port {
    let isClosed = false
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!isClosed && typeof data === 'string') events.onText(data)
    }
    socket.onclose = () => {
      if (isClosed) return
      if (this.#reach.name === 'running') this.#set({ name: 'connecting' })
      events.onClose()
    }
    return {
      get bufferedAmount() {
        return socket.bufferedAmount
      },
      send: text => {
        if (!isClosed && socket.readyState === socket.OPEN) socket.send(text)
      },
      close: () => {
        isClosed = true
        socket.close()
      },
    }
  }

  #set(reach: Reach): void {
    if (reach.name === this.#reach.name) return
    this.#reach = reach
    for (const listener of this.#listeners) listener()
  }
}

function addressOf({ server, workspace }: SupervisedWorkspaceOptions): string {
  const url = new URL(`/im/workspaces/${encodeURIComponent(workspace)}`, server)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}

/** Shows who it is; resolves with what the server says to it, and with `unreachable` where it says nothing. */
function enter(
  socket: WebSocket,
  params: { readonly agentId: string; readonly token: string | undefined },
): Promise<'running' | 'notRunning' | 'unreachable' | IMError> {
  return new Promise(resolve => {
    const late = setTimeout(() => socket.close(), ENTER_MS)
    const end = (how: 'running' | 'notRunning' | 'unreachable' | IMError) => {
      clearTimeout(late)
      socket.onmessage = null
      if (how !== 'running') socket.close()
      resolve(how)
    }
    socket.onopen = () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'authenticate', params }))
    socket.onmessage = ({ data }: MessageEvent<unknown>) => end(readAnswer(data))
    socket.onerror = () => {} // a close follows
    socket.onclose = () => end('unreachable')
  })
}

function readAnswer(data: unknown): 'running' | 'notRunning' | IMError {
  const { result, error } = JSON.parse(String(data)) as {
    readonly result?: { readonly running?: boolean }
    readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
  }
  if (!error) return result?.running ? 'running' : 'notRunning'
  const code = error.data?.code
  return new IMError(isCode(code) ? code : 'INTERNAL', error.message)
}

function isCode(code: unknown): code is IMErrorCode {
  return typeof code === 'string' && Object.hasOwn(IM_ERROR_CODES, code)
}
