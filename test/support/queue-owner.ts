/** One process that owns a pending queue, over a disk that outlives it. */
import { Handling } from '../../src/messaging/handling.ts'
import { History } from '../../src/messaging/history.ts'
import { Ledger } from '../../src/messaging/ledger.ts'
import { Outbox } from '../../src/messaging/outbox.ts'
import { PendingQueue } from '../../src/messaging/pending-queue.ts'
import { Positions } from '../../src/messaging/positions.ts'
import { Records } from '../../src/messaging/records.ts'
import type { Clock } from '../../src/model/clock.ts'
import type { StoredMessage } from '../../src/model/event.ts'
import { type MemoryDisk, memoryStorage } from '../../src/storage/memory-storage.ts'
import { Workspace } from '../../src/storage/workspace.ts'

/** Runs until it is killed: from then on nothing of it happens any more. */
export class QueueOwner {
  readonly queue: PendingQueue
  readonly records: Records
  readonly #ledger: Ledger
  readonly #workspace: Workspace
  readonly #disk: MemoryDisk
  #alive = true

  constructor(disk: MemoryDisk, clock: Clock, newToken: () => string) {
    this.#disk = disk
    this.#workspace = new Workspace(memoryStorage(disk), {
      agentId: 'me',
      newDeviceId: () => 'device',
      onRepair: () => {},
      onDamage: thrown,
    })
    this.records = new Records(this.#workspace)
    this.#ledger = new Ledger(this.#workspace.storage)
    const own: Clock = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      schedule: (task, delayMs) => clock.schedule(() => this.#alive && task(), delayMs),
    }
    const base = { workspace: this.#workspace, records: this.records, ledger: this.#ledger, clock: own }
    this.queue = new PendingQueue({
      history: new History({ agentId: 'me', ...base }),
      newToken,
      awaited: { isReserved: () => false },
      handling: new Handling(),
      positions: new Positions({ agentId: 'me', onError: thrown, ...base }),
      outbox: new Outbox({ intercept: () => false, onEntry: () => {}, onFailed: (_, error) => thrown(error), ...base }),
      ...base,
    })
  }

  async start(): Promise<void> {
    await this.#workspace.open()
    await this.records.load()
    await this.queue.start()
  }

  /** A message comes in and has to be worked on. */
  async receive(message: StoredMessage, receivedAt: string): Promise<void> {
    await this.#ledger.transact(transaction => {
      transaction.put(this.records.pending, { message, state: 'waiting', attempts: 0, receivedAt })
    })
  }

  kill(): void {
    this.#alive = false
    this.#disk.owner = undefined
  }
}

function thrown(error: Error): never {
  throw error
}
