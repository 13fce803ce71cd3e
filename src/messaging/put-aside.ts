/** What becomes of an event that the server refuses for good. Loaded with the first of them. */
import type { IMError } from '../errors.ts'
import { isoTime } from '../model/clock.ts'
import { type DeadLetter, deadLetters } from '../storage/dead-letters.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { OutboxOptions } from './outbox.ts'

/** Moves an entry of the outbox to the dead letters. */
export function putAside(
  { ledger, records, workspace, clock, onFailed }: OutboxOptions,
  entry: OutboxEntry,
  error: IMError,
): Promise<void> {
  return ledger.transact(transaction => {
    if (!transaction.get(records.outbox, entry.id)) return
    const failure = { code: error.code, message: error.message }
    const letter: DeadLetter = { kind: 'unsent', entry, failure, failedAt: isoTime(clock) }
    transaction.delete(records.outbox, entry.id)
    transaction.write(deadLetters(workspace.storage).put(letter, entry.id))
    transaction.after(() => onFailed(entry, error))
  })
}
