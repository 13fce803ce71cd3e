/** Wires in memory between clients and an embedded server: they can be cut, silenced and refused. */
import type { OpenSocket, SocketEvents } from '../../src/connection/socket.ts'
import type { ServerConnection, ServerSocket } from '../../src/server/server-socket.ts'

/** What takes sockets. */
export interface Acceptor {
  accept(socket: ServerSocket): Pick<ServerConnection, 'receive' | 'closed'>
}

interface Wire {
  readonly events: SocketEvents
  server: Pick<ServerConnection, 'receive' | 'closed'> | undefined
  ended: boolean
}

/** Carries frames in order, one turn of the event loop's microtasks after they were sent. */
export class InMemoryNetwork {
  /** Who answers at the other end. A restarted server takes the place of the one before. */
  acceptor: Acceptor | undefined
  /** What was sent by clients, in order, since the network was made. */
  readonly sent: string[] = []
  /** Whether frames get lost in both directions, while the wires look well. */
  silent = false
  readonly #wires = new Set<Wire>()

  constructor(acceptor?: Acceptor) {
    this.acceptor = acceptor
  }

  /** Give this to a client. */
  readonly openSocket: OpenSocket = (_url, events) => {
    const wire: Wire = { events, server: undefined, ended: false }
    this.#wires.add(wire)
    queueMicrotask(() => this.#open(wire))
    return {
      send: text => {
        if (wire.ended) return
        this.sent.push(text)
        if (!this.silent) queueMicrotask(() => wire.server?.receive(text))
      },
      close: () => {
        wire.ended = true
        this.#drop(wire)
      },
    }
  }

  /** Wires that are open. */
  get open(): number {
    return this.#wires.size
  }

  /** Cuts every wire: both ends see it. */
  cut(): void {
    for (const wire of [...this.#wires]) this.#close(wire, 1006, 'cut')
  }

  #open(wire: Wire): void {
    if (wire.ended) return
    if (!this.acceptor) return this.#close(wire, 1006, 'refused')
    wire.server = this.acceptor.accept({
      send: text =>
        void queueMicrotask(() => {
          if (!wire.ended && !this.silent) wire.events.onText(text)
        }),
      close: (code, reason) => queueMicrotask(() => this.#close(wire, code, reason)),
      bufferedAmount: 0,
    })
    wire.events.onOpen()
  }

  #close(wire: Wire, code: number, reason: string): void {
    if (wire.ended) return
    wire.ended = true
    this.#drop(wire)
    wire.events.onClose({ code, reason })
  }

  #drop(wire: Wire): void {
    this.#wires.delete(wire)
    const { server } = wire
    wire.server = undefined
    server?.closed()
  }
}
