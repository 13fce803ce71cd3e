/**
 * The workspace of a digital employee, for a view of it: a WebSocket to the server leads to the process that owns it. Where that
 * process does not run, it is waited for.
 */
import { IMError, type Port, type PortEvents, viewOnlyStorage } from 'im-client'
import type { Reach, Way } from '../host/host.ts'
import { type Entrance, enter } from './entrance.ts'

/** Where the workspace is, and who looks at it. */
export interface SupervisedWorkspaceOptions extends Entrance {
  readonly workspace: string
}

/** Between two tries to reach the workspace, in milliseconds. */
const RETRY_MS = 1000

/** See the head of this file. */
export class SupervisedWorkspace implements Way {
  /** For `new IMClient({ storage, attach: true })`. */
  readonly storage = viewOnlyStorage(events => this.#connect(events))
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
    const entered = await enter(this.#options, this.#options.workspace, giveUp => {
      this.#giveUp = giveUp
    })
    if (entered.name === 'refused') {
      this.#set(entered)
      throw entered.error
    }
    if (entered.name === 'entered' && entered.answer.running) return this.#carry(entered.socket, events)
    if (this.#reach.name !== 'closed') this.#set({ name: entered.name === 'entered' ? 'notRunning' : 'unreachable' })
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
