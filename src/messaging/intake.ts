/**
 * What an event that arrives means for this client's records. Steps of a transaction, so that the event, the
 * conversation's record, the pending item, the outbox and the cursor are stored together or not at all.
 */
import type { Clock } from '../model/clock.ts'
import { isoTime } from '../model/clock.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import { joinPositions } from '../model/conversation.ts'
import {
  type ConversationEvent,
  isKnownEvent,
  isMessage,
  type MembershipEvent,
  type StoredMessage,
} from '../model/event.ts'
import type { Receipt } from '../protocol/schemas.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { ReaderReceipt } from './events.ts'
import { addGap, isMissing, removeRange } from './gaps.ts'
import { noteRepeated } from './numbering.ts'
import { RecentMessages } from './recent.ts'
import { newConversation, type Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** Told what was stored, after it was. */
export interface IntakeEvents {
  /** One of this client's own events left the outbox, and `onStored` does not tell of it: no message, or stored earlier. */
  onAccepted(id: string): void
  /** A message, of anybody's, was stored for the first time. Of one's own it also says that it was accepted. */
  onStored(message: StoredMessage): void
  onAmended(event: ConversationEvent): void
  onReceipt(receipt: ReaderReceipt): void
  /** What is missing has changed. `opened`: nothing was, before an event that came by itself. */
  onGap(conversationId: string, opened: boolean): void
}

/** What the intake works with. */
export interface IntakeOptions {
  readonly agentId: string
  /** Whether messages of others become pending items. */
  readonly queue: boolean
  readonly records: Records
  readonly workspace: Workspace
  readonly clock: Clock
  readonly events: IntakeEvents
}

/** Takes events in. Sequence numbers are this client's own: see `epochBase`. */
export class Intake {
  readonly recent = new RecentMessages()
  readonly #options: IntakeOptions
  #duplicates = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  /** Events that came again and were dropped. */
  get duplicates(): number {
    return this.#duplicates
  }

  /** Takes one event, in any order, any number of times. */
  event(transaction: Transaction, event: ConversationEvent): void {
    const { agentId, events } = this.#options
    const left = event.from === agentId && this.#leaveOutbox(transaction, event)
    const stored = this.#store(transaction, event)
    if (left && !(stored && isMessage(event))) transaction.after(() => events.onAccepted(event.id))
  }

  /** Stores an event that is new; gives whether it was. */
  #store(transaction: Transaction, event: ConversationEvent): boolean {
    const { records, agentId } = this.#options
    const { conversationId } = event
    const record = transaction.get(records.conversations, conversationId) ?? newConversation(conversationId, agentId)
    const missing = isMissing(record.gaps ?? [], event.seq)
    if (event.seq <= record.lastSeq && !missing) {
      this.#duplicates += 1
      return false
    }
    const next = this.#settleGaps(record, this.#advance(record, event))
    const seq = this.recent.storedAs(event)
    if (seq === undefined) {
      transaction.write(this.#options.workspace.putEvent(event))
      transaction.put(records.conversations, this.#describe(next, event))
      if (isMessage(event)) this.#message(transaction, event)
      else transaction.after(() => this.#options.events.onAmended(event))
    } else {
      // A server that was rebuilt: its number is used up, its content known.
      this.#duplicates += 1
      transaction.put(records.conversations, noteRepeated(next, seq, event.seq))
    }
    if (missing || next.gaps !== record.gaps) this.#reportGap(transaction, conversationId, !record.gaps?.length)
    return seq === undefined
  }

  /** Takes a reader's position: joined by maximum. It may come before the first event of its conversation. */
  receipt(transaction: Transaction, { conversationId, reader, ...position }: Receipt): void {
    const { records, events, agentId } = this.#options
    const record = transaction.get(records.conversations, conversationId) ?? newConversation(conversationId, agentId)
    const before = record.positions[reader] ?? {}
    const after = joinPositions(before, position)
    if (JSON.stringify(after) === JSON.stringify(joinPositions(before, {}))) return
    transaction.put(records.conversations, { ...record, positions: { ...record.positions, [reader]: after } })
    transaction.after(() => events.onReceipt({ conversationId, reader, ...after, above: record.epochBase ?? 0 }))
  }

  /** Notes that a range is not to be had, or not for this account. */
  giveUp(transaction: Transaction, conversationId: string, [from, to]: readonly [number, number]): void {
    const { conversations } = this.#options.records
    const record = transaction.get(conversations, conversationId)
    if (!record) return
    transaction.put(
      conversations,
      this.#settleGaps(record, { ...record, gaps: removeRange(record.gaps ?? [], from, to) }),
    )
    this.#reportGap(transaction, conversationId)
  }

  /** Whatever shows one's own event proves that it was accepted: the answer, the feed, a page of history. */
  #leaveOutbox(transaction: Transaction, { id, conversationId }: ConversationEvent): boolean {
    const { records } = this.#options
    if (transaction.get(records.outbox, id)?.conversationId !== conversationId) return false
    transaction.delete(records.outbox, id)
    return true
  }

  /** The record with the event's sequence counted in: what it skips becomes a gap, what it fills is none any more. */
  #advance(record: ConversationRecord, event: ConversationEvent): ConversationRecord {
    const { seq } = event
    if (seq <= record.lastSeq) return { ...record, gaps: removeRange(record.gaps ?? [], seq, seq) }
    if (seq === record.lastSeq + 1) return { ...record, lastSeq: seq }
    if (record.lastSeq === 0 && this.#isJoining(event)) return { ...record, lastSeq: seq, firstSeq: seq }
    return { ...record, lastSeq: seq, gaps: addGap(record.gaps ?? [], record.lastSeq + 1, seq - 1) }
  }

  /** What closes the last gap is confirmed by a position: acknowledging the feed does not cover what came otherwise. */
  #settleGaps(before: ConversationRecord, after: ConversationRecord): ConversationRecord {
    const closed = (before.gaps ?? []).length > 0 && after.gaps?.length === 0
    if (!closed) return after
    const { agentId } = this.#options
    const position = joinPositions(after.positions[agentId] ?? {}, { delivered: after.lastSeq })
    return { ...after, positions: { ...after.positions, [agentId]: position }, unreported: true }
  }

  #isJoining(event: ConversationEvent): boolean {
    return isKnownEvent(event) && event.type === 'membership' && event.members.includes(this.#options.agentId)
  }

  #describe(record: ConversationRecord, event: ConversationEvent): ConversationRecord {
    if (!isKnownEvent(event)) return record
    switch (event.type) {
      case 'message':
        return this.#describeMessage(record, event)
      case 'membership':
        return describeMembership(record, event)
      default:
        return record.amended ? record : { ...record, amended: true }
    }
  }

  #describeMessage(record: ConversationRecord, { from, seq, acceptedAt }: StoredMessage): ConversationRecord {
    const { agentId } = this.#options
    const unread = from !== agentId && seq > (record.positions[agentId]?.read ?? 0) ? 1 : 0
    const last = record.lastMessageAt ?? ''
    const lastMessageAt = acceptedAt > last ? acceptedAt : last
    return { ...record, lastMessageAt, unreadCount: record.unreadCount + unread }
  }

  #message(transaction: Transaction, message: StoredMessage): void {
    const { queue, agentId, records, clock, events } = this.#options
    if (queue && message.from !== agentId && message.replyKind !== 'progress') {
      transaction.put(records.pending, { message, state: 'waiting', attempts: 0, receivedAt: isoTime(clock) })
    }
    transaction.after(() => {
      this.recent.remember(message, agentId)
      events.onStored(message)
    })
  }

  #reportGap(transaction: Transaction, conversationId: string, opened = false): void {
    transaction.after(() => this.#options.events.onGap(conversationId, opened))
  }
}

function describeMembership(record: ConversationRecord, event: MembershipEvent): ConversationRecord {
  const known = event.change === 'added' ? { ...record, joined: joinMembers(record.joined, event) } : record
  if (event.seq < record.lastSeq) return known // from a gap: what came later says who takes part
  const { change, members, title } = event
  const leaving = change === 'removed' || change === 'left'
  const others = record.participants.filter(participant => !members.includes(participant))
  const participants =
    event.participants ?? (leaving ? others : change === 'titled' ? record.participants : [...others, ...members])
  return { ...known, participants, ...(title === undefined ? {} : { title }) }
}

/** The last joining counts: a status that was shown while a member was away may not go back when it returns. */
function joinMembers(joined: ConversationRecord['joined'] = {}, { members, seq }: MembershipEvent) {
  const places = new Map(Object.entries(joined))
  for (const member of members) places.set(member, Math.max(places.get(member) ?? 0, seq))
  return Object.fromEntries(places)
}
