/** The outbox: events of this client's own that the server has not accepted. Durable before anything is sent. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Ledger } from './ledger.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

type DraftOf<E> = E extends OutboxEntry ? Omit<E, 'order'> : never

/** An event that is to be sent. */
export type Draft = DraftOf<OutboxEntry>

/** What the outbox works with. */
export interface OutboxOptions {
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly clock: Clock
  /** Puts what a program must not send now somewhere else; gives whether it did. */
  readonly intercept: (transaction: Transaction, entry: OutboxEntry) => boolean | undefined
  /** An entry was stored and waits to be sent. */
  readonly onEntry: (entry: OutboxEntry) => void
  /** An entry was refused for good and was moved to the dead letters. */
  readonly onFailed: (entry: OutboxEntry, failure: IMError) => void
}

/** Puts events into the outbox, and takes those out that can never be sent. */
export class Outbox {
  readonly #options: OutboxOptions
  #lastOrder = 0

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Goes on counting where the entries in memory end. Call once they were loaded. */
  start(): void {
    for (const { order } of this.#options.records.outbox.values()) this.#lastOrder = Math.max(this.#lastOrder, order)
  }

  /** The entries, first-in first-out. */
  entries(): OutboxEntry[] {
    return [...this.#options.records.outbox.values()].sort((a, b) => a.order - b.order)
  }

  /**
   * Resolves when the entry is durable. An id that is waiting already gives the entry that has it; with `again` the id may
   * have failed before, and its dead letter goes.
   * @throws IMError `ID_INVALID` where that entry is for another conversation; those of the write
   */
  enqueue(draft: Draft, again = false): Promise<OutboxEntry> {
    return this.#options.ledger.transact(transaction => this.add(transaction, draft, again))
  }

  /** As {@link enqueue}, as a part of a step. */
  add(transaction: Transaction, draft: Draft, again: boolean): OutboxEntry {
    const { records, onEntry, intercept } = this.#options
    const waiting = transaction.get(records.outbox, draft.id)
    if (waiting?.conversationId === draft.conversationId) return waiting
    if (waiting) throw new IMError('ID_INVALID', 'The id is in use for a message to another conversation.')
    const entry = { order: ++this.#lastOrder, ...draft } as OutboxEntry
    if (again) transaction.write({ type: 'delete', key: ['dead', entry.id] })
    if (intercept(transaction, entry)) return entry
    transaction.put(records.outbox, entry)
    transaction.after(() => onEntry(entry))
    return entry
  }

  /** Moves an entry to the dead letters: the server will never accept it. */
  async fail(entry: OutboxEntry, error: IMError): Promise<void> {
    const { putAside } = await import('./put-aside.ts')
    await putAside(this.#options, entry, error)
  }
}
