/** How far a message has come: a function of what its readers told and of the time, never a thing of its own. */
import { type ConversationRecord, type Outcome, outcomeRank, type ReaderPosition } from '../model/conversation.ts'
import { hasExpired, type StoredMessage } from '../model/event.ts'
import { type MessageStatus, statusRank } from '../model/message.ts'

/** Who looks at a message, and when. */
export interface Viewpoint {
  readonly agentId: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How far a message has come at one of its recipients. */
export interface RecipientStatus {
  readonly agentId: string
  readonly status: MessageStatus
}

/** A position that says something of a message, and the number under which it does. */
type Told = readonly [position: ReaderPosition | undefined, seq: number]

const RUNGS = ['done', 'read', 'delivered'] as const

/**
 * The status of an accepted message. One's own has failed or expired when it has at any recipient, and is otherwise as
 * far as the recipient that is furthest behind; a message of somebody else's is at least delivered, since it is stored here.
 */
export function statusOf(
  message: StoredMessage,
  record: ConversationRecord | undefined,
  viewpoint: Viewpoint,
): MessageStatus {
  const { agentId, now } = viewpoint
  if (message.from !== agentId) {
    return statusBy([[record?.positions[agentId], message.seq]], 'delivered', hasExpired(message, now))
  }
  const statuses = recipientStatuses(message, record, viewpoint).map(({ status }) => status)
  const [first = 'accepted', ...others] = statuses
  return others.reduce(lower, first)
}

/**
 * How far a message of one's own has come at each of its recipients. Who joined after it is none of them. What became of
 * this message decides; otherwise the positions that cover it do.
 */
export function recipientStatuses(
  message: Pick<StoredMessage, 'seq' | 'expiresAt'>,
  record: ConversationRecord | undefined,
  { agentId, now }: Viewpoint,
): RecipientStatus[] {
  if (!record) return []
  const expired = hasExpired(message, now)
  const recipients = record.participants.filter(id => id !== agentId && joinedAt(record, id) < message.seq)
  return recipients.map(recipient => ({
    agentId: recipient,
    status: statusBy(toldBy(record, recipient, message.seq), 'accepted', expired),
  }))
}

function joinedAt({ joined = {} }: ConversationRecord, participant: string): number {
  return Number(joined[participant]) || 0 // an account may be called "toString"
}

/** What a reader told of a message in the numbering it is from, and in those it came again in. */
function toldBy(record: ConversationRecord, reader: string, seq: number): Told[] {
  const { epochBase = 0, ended = [], repeated = [] } = record
  if (seq > epochBase) return [[record.positions[reader], seq]]
  const own = ended.find(({ upTo }) => seq <= upTo)?.positions[reader]
  const later = repeated.filter(({ from, to }) => from <= seq && seq <= to)
  return [[own, seq], ...later.flatMap(({ by }) => toldBy(record, reader, seq + by))]
}

/** The status at one reader, `least` where it told nothing. What was not read in time has expired, until it is read. */
function statusBy(told: readonly Told[], least: MessageStatus, expired: boolean): MessageStatus {
  const outcomes = told.map(([position, seq]) => position?.outcomes?.[seq]).filter(outcome => outcome !== undefined)
  if (outcomes.length > 0) return outcomes.reduce(higher)
  const rung = RUNGS.find(name => told.some(([position, seq]) => (position?.[name] ?? 0) >= seq)) ?? least
  return expired && statusRank(rung) < statusRank('read') ? 'expired' : rung
}

/** The higher one of two outcomes of one message. */
function higher(a: Outcome, b: Outcome): Outcome {
  return outcomeRank(a) < outcomeRank(b) ? b : a
}

/** What counts of two recipients: a failure before an expiry before the one that is further behind. */
function lower(a: MessageStatus, b: MessageStatus): MessageStatus {
  if (a === 'failed' || b === 'failed') return 'failed'
  return statusRank(a) < statusRank(b) ? a : b // an expiry stands below the ladder
}
