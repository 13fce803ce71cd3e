/** One process that owns a pending queue, over a disk that outlives it. */
import { History } from '../../src/messaging/history.ts'
import { Ledger } from '../../src/messaging/ledger.ts'
import { PendingQueue } from '../../src/messaging/pending-queue.ts'
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
      onDamage: error => {
        throw error
      },
    })
    this.records = new Records(this.#workspace)
    this.#ledger = new Ledger(this.#workspace.storage)
    this.queue = new PendingQueue({
      workspace: this.#workspace,
      records: this.records,
      ledger: this.#ledger,
      history: new History({ workspace: this.#workspace, records: this.records, agentId: 'me', clock }),
      clock: {
        now: () => clock.now(),
        elapsed: () => clock.elapsed(),
        schedule: (task, delayMs) => clock.schedule(() => this.#alive && task(), delayMs),
      },
      newToken,
      onTaken: () => {},
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
