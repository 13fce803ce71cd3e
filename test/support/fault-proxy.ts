/** A TCP proxy that misbehaves on demand: cuts in the middle of a frame, swallows bytes, delays, refuses. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { SeededRandom } from './seeded-random.ts'

/** How a proxy treats the connections that are made from now on. */
export interface Faults {
  /** Each connection is cut after a random number of bytes, up to this many, wherever in a frame that is. */
  readonly cutWithinBytes?: number
  /** Each stretch of bytes is held back for this long. */
  readonly delayMs?: number
  /** New connections are closed at once. */
  readonly refuse?: boolean
}

interface Connection {
  readonly client: Socket
  readonly server: Socket
  readonly faults: Faults
  bytesLeft: number
  swallowing: boolean
}

/** Stands between clients and a server on this machine. */
export class FaultProxy {
  /** What new connections will meet. */
  faults: Faults = {}
  /** The server's port; may change when the server is started anew. */
  targetPort: number
  readonly #random: SeededRandom
  readonly #listener: Server
  readonly #connections = new Set<Connection>()
  #cuts = 0
  #swallowedBytes = 0
  #swallowNew = false

  constructor(targetPort: number, random: SeededRandom) {
    this.targetPort = targetPort
    this.#random = random
    this.#listener = createServer(client => this.#accept(client))
  }

  /** Listens on a free port of the loopback interface. */
  async listen(): Promise<void> {
    this.#listener.listen(0, '127.0.0.1')
    await once(this.#listener, 'listening')
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port
  }

  /** The server's URL by way of this proxy. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Connections that were cut because of {@link Faults.cutWithinBytes} or {@link cutAll}. */
  get cuts(): number {
    return this.#cuts
  }

  get swallowedBytes(): number {
    return this.#swallowedBytes
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const connection of [...this.#connections]) this.#cut(connection)
  }

  /**
   * Swallows what every connection carries, and new ones until {@link healNew}: each looks well from both sides. A
   * connection that lost bytes never recovers.
   */
  blackHole(): void {
    this.#swallowNew = true
    for (const connection of this.#connections) connection.swallowing = true
  }

  /** New connections pass again. */
  healNew(): void {
    this.#swallowNew = false
  }

  async close(): Promise<void> {
    this.#listener.close()
    for (const { client, server } of this.#connections) {
      client.destroy()
      server.destroy()
    }
    if (this.#listener.listening) await once(this.#listener, 'close')
  }

  #accept(client: Socket): void {
    const { faults } = this
    client.on('error', () => {}) // a reset is what this proxy is for; `close` follows
    if (faults.refuse) {
      client.destroy()
      return
    }
    const server = connect(this.targetPort, '127.0.0.1')
    server.on('error', () => {}) // a server that is down: `close` follows
    const limit = faults.cutWithinBytes
    const bytesLeft = limit === undefined ? Number.POSITIVE_INFINITY : this.#random.integer(1, limit)
    const connection = { client, server, faults, bytesLeft, swallowing: this.#swallowNew }
    this.#connections.add(connection)
    this.#carry(connection, client, server)
    this.#carry(connection, server, client)
  }

  #carry(connection: Connection, from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('data', bytes => {
      if (connection.swallowing) this.#swallowedBytes += bytes.length
      else this.#forward(connection, bytes, to)
    })
    from.on('end', () => connection.swallowing || to.end())
    from.on('close', () => {
      this.#connections.delete(connection)
      to.destroy()
    })
  }

  #forward(connection: Connection, bytes: Buffer, to: Socket): void {
    const part = bytes.subarray(0, Math.min(bytes.length, connection.bytesLeft))
    connection.bytesLeft -= part.length
    const { delayMs } = connection.faults
    if (delayMs === undefined) to.write(part)
    else setTimeout(() => to.destroyed || to.write(part), delayMs)
    if (connection.bytesLeft <= 0) this.#cut(connection)
  }

  #cut(connection: Connection): void {
    this.#cuts += 1
    this.#connections.delete(connection)
    for (const socket of [connection.client, connection.server]) socket.destroySoon()
  }
}
