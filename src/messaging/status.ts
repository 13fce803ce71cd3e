/** How far a message has come: a function of the positions of its readers, never a thing of its own. */
import type { ConversationRecord } from '../model/conversation.ts'
import type { StoredMessage } from '../model/event.ts'
import type { MessageStatus } from '../model/message.ts'

const RUNGS = ['done', 'read', 'delivered'] as const

/**
 * The status of an accepted message. One's own is as far as the recipient that is furthest behind; a message of
 * somebody else's is at least delivered, since it is stored here. Who joined after a message is none of its recipients.
 */
export function statusOf(
  message: StoredMessage,
  record: ConversationRecord | undefined,
  agentId: string,
): MessageStatus {
  if (!record) return message.from === agentId ? 'accepted' : 'delivered'
  if (message.from !== agentId) return rungOf(record, agentId, message.seq) ?? 'delivered'
  const recipients = record.participants.filter(id => id !== agentId && joinedAt(record, id) < message.seq)
  if (recipients.length === 0) return 'accepted'
  const heights = recipients.map(reader => RUNGS.indexOf(rungOf(record, reader, message.seq) as 'done'))
  if (heights.includes(-1)) return 'accepted'
  return RUNGS[Math.max(...heights)] ?? 'accepted'
}

function joinedAt({ joined = {} }: ConversationRecord, participant: string): number {
  return Number(joined[participant]) || 0 // an account may be called "toString"
}

/** The highest rung on which a reader has passed a sequence. */
function rungOf(record: ConversationRecord, reader: string, seq: number): 'delivered' | 'read' | 'done' | undefined {
  const position = record.positions[reader]
  return position && RUNGS.find(rung => (position[rung] ?? 0) >= seq)
}
