/**
 * What those who wait are told of the work on their messages. A position covers everything below it: it stops below what
 * is still to be done, and says of single messages what became of them where it passes over work that failed.
 */
import type { Outcome } from '../model/conversation.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { PendingLines, Waiting } from './pending-lines.ts'
import type { Positions } from './positions.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** The items of messages, as the group sees them that is being committed. */
export function* stillPending(
  transaction: Transaction,
  { pending }: Pick<Records, 'pending'>,
  messages: Iterable<Waiting>,
): Generator<PendingItem> {
  for (const { name } of messages) {
    const item = transaction.get(pending, name)
    if (item) yield item
  }
}

/** Moves this client's positions by what becomes of pending items. Each is a part of the step that changes the item. */
export class QueueReceipts {
  readonly #records: Records
  readonly #positions: Positions
  readonly #lines: PendingLines

  constructor({ records, positions }: { records: Records; positions: Positions }, lines: PendingLines) {
    this.#records = records
    this.#positions = positions
    this.#lines = lines
  }

  /** An item was put into somebody's hands. Call it when that is noted; `item` is as it was before. */
  taken(transaction: Transaction, item: PendingItem): void {
    const { conversationId } = item.message
    const read = this.#clearUpTo(transaction, conversationId, ({ attempts }) => attempts === 0)
    this.#positions.move(transaction, conversationId, { read }, this.#isNew(transaction, item) ? 1 : 0)
  }

  /** The work on an item was done. Call it when the item is gone. */
  done(transaction: Transaction, { message }: PendingItem): void {
    const { conversationId, seq } = message
    const done = this.#clearUpTo(transaction, conversationId)
    const failedBefore = this.#positions.outcomeOf(transaction, message) !== undefined
    this.#positions.move(transaction, conversationId, {
      done,
      ...(failedBefore ? { outcomes: { [seq]: 'done' } } : {}),
    })
  }

  /**
   * An item was given up. Call it when the item is gone; `item` is as it was before. One that somebody has had does not
   * expire any more: the work on it has failed.
   */
  ended(transaction: Transaction, item: PendingItem, why: Outcome): void {
    const { conversationId, seq } = item.message
    const taken = this.#isNew(transaction, item) ? 1 : 0
    const outcome = taken === 0 && why === 'expired' ? 'failed' : why
    const done = this.#clearUpTo(transaction, conversationId)
    this.#positions.move(transaction, conversationId, { done, outcomes: { [seq]: outcome } }, taken)
  }

  #isNew(transaction: Transaction, { attempts, message }: PendingItem): boolean {
    return attempts === 0 && this.#positions.isUnread(transaction, message)
  }

  /** Up to where a conversation holds no item of which this is so. What is not stored yet counts as not known. */
  #clearUpTo(transaction: Transaction, conversationId: string, isLeft = (_: PendingItem) => true): number {
    const { lastSeq = 0, gaps = [] } = this.#records.conversations.get(conversationId) ?? {}
    let end = Math.min(lastSeq, (gaps[0]?.from ?? Number.POSITIVE_INFINITY) - 1)
    for (const item of stillPending(transaction, this.#records, this.#lines.messagesOf(conversationId))) {
      if (item.message.seq > end) break
      if (isLeft(item)) end = item.message.seq - 1
    }
    return end
  }
}
