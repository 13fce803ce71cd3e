/** Marking a conversation as read: what a person does who has seen it. Handlers and workers do it by themselves. */
import { IMError } from '../errors.ts'
import { joinPositions } from '../model/conversation.ts'
import { isMessage } from '../model/event.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Ledger } from './ledger.ts'
import type { Positions } from './positions.ts'
import type { Records } from './records.ts'

/** What marking needs. */
export interface Marking {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly positions: Positions
}

/**
 * Marks everything up to a sequence, by default to the end, as read. Resolves when that is stored.
 * @throws IMError `CONVERSATION_NOT_FOUND`, those of the write; `TypeError` for what is no sequence
 */
export async function markRead(
  marking: Marking,
  conversationId: string,
  seq = Number.POSITIVE_INFINITY,
): Promise<void> {
  if (!(seq >= 0) || (seq !== Number.POSITIVE_INFINITY && !Number.isSafeInteger(seq))) {
    throw new TypeError('A seq is a whole number, 0 or more.')
  }
  const { records, ledger, positions, agentId } = marking
  const record = records.conversations.get(conversationId)
  if (!record)
    throw new IMError('CONVERSATION_NOT_FOUND', 'There is no such conversation.', { details: { conversationId } })
  const upTo = Math.min(seq, record.lastSeq)
  if (upTo <= (record.positions[agentId]?.read ?? 0)) return
  const unreadAbove = upTo < record.lastSeq ? await countUnread(marking, conversationId, upTo) : 0
  await ledger.transact(transaction => {
    const current = transaction.get(records.conversations, conversationId)
    if (!current) return
    const position = joinPositions(current.positions[agentId] ?? {}, { delivered: upTo, read: upTo })
    const arrived = current.lastSeq > record.lastSeq ? current.unreadCount - record.unreadCount : 0
    transaction.put(records.conversations, {
      ...current,
      positions: { ...current.positions, [agentId]: position },
      unreadCount: Math.max(0, unreadAbove + arrived),
      unreported: true,
    })
    transaction.after(() => positions.report(conversationId))
  })
}

/** Messages of others above a position. */
async function countUnread({ workspace, agentId }: Marking, conversationId: string, seq: number): Promise<number> {
  const events = await historyOf(workspace).events(conversationId, { after: seq })
  return events.filter(event => isMessage(event) && event.from !== agentId).length
}
