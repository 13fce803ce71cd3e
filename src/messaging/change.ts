/** What a program can see of what was stored: derived from the writes themselves, so that no cause can be forgotten. */
import type { ConversationRecord } from '../model/conversation.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { Change } from './events.ts'
import type { Records } from './records.ts'
import type { RecordChange, Transaction } from './transaction.ts'

/** What a client notes for itself: no program can read it. */
const PRIVATE: ReadonlySet<string> = new Set<keyof ConversationRecord>(['processedSeq', 'unprocessed', 'unreported'])

/** No change at all. */
export const NOTHING: Change = { conversations: [], contacts: false, queue: false, deadLetters: false }

/** What has changed by a group of writes; `undefined` where no program can see any of it. */
export function changeOf({ changes, operations }: Transaction, records: Records): Change | undefined {
  const conversations = new Set<string>()
  for (const change of changes) for (const id of touched(change, records)) conversations.add(id)
  const queue = changes.some(({ table }) => table === records.pending)
  const deadLetters = operations.some(({ key }) => key[0] === 'dead')
  if (conversations.size === 0 && !queue && !deadLetters) return undefined
  return { conversations: [...conversations], contacts: false, queue, deadLetters }
}

/** The conversation in which a change of one record can be seen. */
function touched({ table, name, before, after }: RecordChange, records: Records): string[] {
  if (table === records.conversations) {
    return isVisible(before as ConversationRecord | undefined, after as ConversationRecord | undefined) ? [name] : []
  }
  if (table !== records.outbox) return []
  const entry = (after ?? before) as OutboxEntry | undefined
  return entry ? [entry.conversationId] : []
}

function isVisible(before: Partial<ConversationRecord> = {}, after: Partial<ConversationRecord> = {}): boolean {
  const names = Object.keys({ ...before, ...after }) as (keyof ConversationRecord)[]
  return names.some(name => !PRIVATE.has(name) && differ(before[name], after[name]))
}

/** A position that was told again is a new object. */
function differ(before: unknown, after: unknown): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after)
}
