/** Clients and an embedded server in memory, joined by wires that can be cut, with time that a test moves. */
import { IMClient, type IMClientOptions, type IMError, type MemoryDisk, memoryDisk, memoryStorage } from 'im-client'
import { IMServer, type IMServerOptions } from 'im-client/server'
// Loaded here, so that what a client loads on demand is there within a turn: time stands still in these tests.
import '../../src/connection/token.ts'
import '../../src/messaging/amended.ts'
import '../../src/messaging/dispatcher.ts'
import '../../src/messaging/held-back.ts'
import '../../src/messaging/message-stream.ts'
import '../../src/messaging/handler-context.ts'
import '../../src/messaging/pending-queue.ts'
import '../../src/messaging/pending-worker.ts'
import '../../src/messaging/put-aside.ts'
import '../../src/messaging/queue-pressure.ts'
import '../../src/messaging/refusal.ts'
import '../../src/messaging/recovery.ts'
import '../../src/messaging/rich-content.ts'
import '../../src/messaging/session-note.ts'
import '../../src/messaging/work.ts'
import '../../src/on-demand.ts'
import '../../src/protocol/peer-error.ts'
import '../../src/protocol/rare-results.ts'
import '../../src/model/rich-payload.ts'
import '../../src/protocol/answers.ts'
import '../../src/view/host.ts'
import '../../src/view/view.ts'
import { InMemoryNetwork } from './in-memory-network.ts'
import { ManualClock, settled } from './manual-clock.ts'
import { SeededRandom } from './seeded-random.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')

/** A client with what it reported. */
export interface Inhabitant {
  readonly client: IMClient
  readonly disk: MemoryDisk
  readonly errors: IMError[]
}

/** A server, its network and its clients. */
export class World {
  readonly clock = new ManualClock(START)
  readonly network = new InMemoryNetwork()
  server: IMServer | undefined
  readonly #clients = new Set<IMClient>()
  /** No two parties draw the same chances: ids are made of them. */
  #seed = 0

  /** Starts a server, in the place of the one before; a new disk makes a new epoch. */
  async startServer(options: Partial<IMServerOptions> = {}, disk: MemoryDisk = memoryDisk()): Promise<IMServer> {
    const server = new IMServer({
      storage: memoryStorage(disk),
      clock: this.clock,
      random: new SeededRandom(++this.#seed),
      ...options,
    })
    await server.open()
    this.server = server
    this.network.acceptor = server
    return server
  }

  /** Stops the server: nobody answers until the next is started. */
  async stopServer(): Promise<void> {
    this.network.acceptor = undefined
    this.network.cut()
    await this.server?.close()
    this.server = undefined
  }

  /** A client that is not connected yet. Give the disk of one that was closed to go on where it ended. */
  client(agentId: string, options: Partial<IMClientOptions> = {}, disk: MemoryDisk = memoryDisk()): Inhabitant {
    const errors: IMError[] = []
    const client = new IMClient({
      storage: memoryStorage(disk),
      agentId,
      imServerUrl: 'http://server.test',
      clock: this.clock,
      random: new SeededRandom(++this.#seed),
      openSocket: this.network.openSocket,
      closeGraceMs: 0,
      ...options,
    })
    client.on('error', error => errors.push(error))
    this.#clients.add(client)
    return { client, disk, errors }
  }

  /** A client that is connected and has caught up. */
  async join(agentId: string, options: Partial<IMClientOptions> = {}, disk?: MemoryDisk): Promise<Inhabitant> {
    const inhabitant = this.client(agentId, options, disk)
    await inhabitant.client.connect()
    return inhabitant
  }

  /** Lets everything happen that needs no time, and then some time pass. */
  async pass(milliseconds = 0): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await settled()
    if (milliseconds > 0) await this.clock.advance(milliseconds)
    for (let turn = 0; turn < 4; turn++) await settled()
  }

  /** As {@link pass}, step by step: what one step brings about takes its time in the next. */
  async passSteps(steps: number, milliseconds: number): Promise<void> {
    for (let step = 0; step < steps; step++) await this.pass(milliseconds)
  }

  /** Leaves a client alone whose process the test has ended: it cannot even close any more. */
  forget(client: IMClient): void {
    this.#clients.delete(client)
  }

  /** Ends every client and the server. */
  async end(): Promise<void> {
    for (const client of this.#clients) {
      const closing = client.close()
      await this.pass(1)
      await closing
    }
    await this.stopServer()
  }
}
