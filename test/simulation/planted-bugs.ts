/**
 * Bugs that the simulation must find: each one is a change of the source at one place, made when the simulation is bundled.
 * The product knows nothing of them.
 */
import type { SourceMutation } from './bundle.ts'

/** A bug, and within how many schedules it must be found. */
export interface PlantedBug extends SourceMutation {
  readonly name: string
  readonly within: number
}

/** A batch of the feed is about to be stored. */
const STORE_BEGINS = `    await this.#guard(current, async () => {
      await this.#options.ledger.transact(transaction => {`

/** See the head of this file. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'cursor before data',
    within: 60,
    file: 'src/messaging/sessions.ts',
    find: STORE_BEGINS,
    replace: `    await this.#guard(current, async () => {
      await this.#options.ledger.transact(transaction => {
        transaction.write(workspace.putCursor({ epoch: current.session.facts.epoch, offset: batch.offset }))
      })
      await this.#options.ledger.transact(transaction => {`,
  },
  {
    name: 'acknowledged before it is synced',
    within: 30,
    file: 'adapters/fs/journal-file.ts',
    find: 'if (this.#sync && !this.#writtenThrough) await handle.datasync()',
    replace: 'if (this.#sync && !this.#writtenThrough) void handle.datasync()',
  },
  {
    name: 'dedupe in memory only',
    within: 100,
    file: 'src/server/index-cache.ts',
    find: 'for (const { event } of page) index.add(event)',
    replace: 'for (const { event } of page) void event',
  },
  {
    name: 'outbox entry removed when it is sent',
    within: 30,
    file: 'src/messaging/sessions.ts',
    find: '    this.#sender?.add(entry)\n',
    replace: `    this.#sender?.add(entry)
    const { ledger, records } = this.#options
    if (this.#sender) void ledger.transact(transaction => transaction.delete(records.outbox, entry.id))
`,
  },
  {
    name: 'receipt before storage',
    within: 30,
    file: 'src/messaging/sessions.ts',
    find: STORE_BEGINS,
    replace: `    await this.#guard(current, async () => {
      current.session.acknowledge(batch.offset)
      await this.#options.ledger.transact(transaction => {`,
  },
  {
    name: 'lease without a token',
    within: 300,
    file: 'src/messaging/pending-queue.ts',
    find: 'if (!isLeased(held) || held.lease.token !== item.lease.token || !this.#holds(held)) throw leaseLost()',
    replace: 'if (!isLeased(held) || !this.#holds(held)) throw leaseLost()',
  },
  {
    name: 'journal record without a checksum',
    within: 300,
    file: 'src/storage/journal-record.ts',
    find: ['  if (Number(head[2]) !== checksum(`', '{number}:', '{batch}`)) return undefined\n'].join('$'),
    replace: '',
  },
]
