/** How far a message has come: a function of the positions of its readers, never a thing of its own. */
import type { ConversationRecord, ReaderPosition } from '../model/conversation.ts'
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
  if (message.from !== agentId)
    return RUNGS[RUNGS.length - reached(record.positions[agentId], message.seq)] ?? 'delivered'
  const recipients = record.participants.filter(id => id !== agentId && joinedAt(record, id) < message.seq)
  if (recipients.length === 0) return 'accepted'
  const heights = recipients.map(reader => heightOf(record, reader, message.seq))
  return RUNGS[RUNGS.length - Math.min(...heights)] ?? 'accepted'
}

function joinedAt({ joined = {} }: ConversationRecord, participant: string): number {
  return Number(joined[participant]) || 0 // an account may be called "toString"
}

/** The highest rung to which a reader has come with a message, in the numbering it is from and in those it came again in. */
function heightOf(record: ConversationRecord, reader: string, seq: number): number {
  const { epochBase = 0, ended = [], repeated = [] } = record
  if (seq > epochBase) return reached(record.positions[reader], seq)
  const own = reached(ended.find(({ upTo }) => seq <= upTo)?.positions[reader], seq)
  const later = repeated.filter(({ from, to }) => from <= seq && seq <= to)
  return Math.max(own, ...later.map(({ by }) => heightOf(record, reader, seq + by)))
}

/** How many rungs a position has taken a message up. */
function reached(position: ReaderPosition | undefined, seq: number): number {
  const rung = position ? RUNGS.findIndex(name => (position[name] ?? 0) >= seq) : -1
  return rung < 0 ? 0 : RUNGS.length - rung
}
