/**
 * Between a server's sequence numbers and this client's. They are the same, until a server begins to number anew: from
 * then on the new numbers continue above the old ones, so that nothing stored is overwritten.
 */
import type { ConversationRecord, Outcome, ReaderPosition } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import type { Receipt } from '../protocol/schemas.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import { isText } from './queued.ts'

/** What the server says of an event that it has accepted. */
export interface Stamp {
  readonly seq: number
  readonly acceptedAt: string
  readonly from: string
}

/** The event that an entry of the outbox has become. */
export function stampEntry(entry: OutboxEntry, { seq, acceptedAt, from }: Stamp): ConversationEvent {
  const { type, id, conversationId } = entry
  if (type !== 'message' || !isText(entry)) {
    const { order: _, ...content } = entry
    const to = type === 'message' ? { to: conversationId } : {}
    return { seq, from, acceptedAt, ...to, ...content } as ConversationEvent
  }
  // As most are, and written out: an object that grows after a spread is made many times slower.
  const { text, sentAt } = entry
  return { type, id, conversationId, seq, from, acceptedAt, to: conversationId, text, sentAt }
}

/** A server's event with this client's number. */
export function numberEvent(event: ConversationEvent, record: ConversationRecord | undefined): ConversationEvent {
  const base = record?.epochBase ?? 0
  return base === 0 ? event : { ...event, seq: event.seq + base }
}

/** A server's receipt with this client's numbers. */
export function numberReceipt(receipt: Receipt, record: ConversationRecord | undefined): Receipt {
  const base = record?.epochBase ?? 0
  if (base === 0) return receipt
  const numbered = { ...receipt }
  for (const rung of ['delivered', 'read', 'done'] as const) {
    const position = receipt[rung]
    if (position !== undefined && position > 0) numbered[rung] = position + base
  }
  const outcomes: Record<number, Outcome> = {}
  for (const seq in receipt.outcomes) {
    outcomes[Number(seq) + base] = receipt.outcomes[seq] as Outcome
    numbered.outcomes = outcomes
  }
  return numbered
}

/** The record under a server that numbers anew: its numbers begin above everything that is here. */
export function endNumbering(record: ConversationRecord): ConversationRecord {
  const { lastSeq, epochBase = 0, ended = [], positions } = record
  if (lastSeq === epochBase) return record
  return { ...record, epochBase: lastSeq, ended: [...ended, { upTo: lastSeq, positions }], gaps: [] }
}

/** The record with an event counted in that is stored as `seq` and has come again as `later`. */
export function noteRepeated(record: ConversationRecord, seq: number, later: number): ConversationRecord {
  const { repeated = [] } = record
  const by = later - seq
  const touching = repeated.filter(range => range.by === by && range.from - 1 <= seq && seq <= range.to + 1)
  const from = Math.min(seq, ...touching.map(range => range.from))
  const to = Math.max(seq, ...touching.map(range => range.to))
  return { ...record, repeated: [...repeated.filter(range => !touching.includes(range)), { from, to, by }] }
}

/** This client's number as the server knows it; 0 for what is from before its time. */
export function serverSeq(seq: number, record: ConversationRecord | undefined): number {
  return Math.max(0, seq - (record?.epochBase ?? 0))
}

/** The numbers of what is stored under a number: its own, and those under which it came again. */
function numbersOf(seq: number, record: ConversationRecord | undefined): number[] {
  const later = (record?.repeated ?? []).filter(({ from, to }) => from <= seq && seq <= to)
  return [seq, ...later.flatMap(({ by }) => numbersOf(seq + by, record))]
}

/**
 * A position of this client's own as the server knows it. It covers what came again under new numbers too: what became of
 * that is told under these.
 */
export function serverPosition(position: ReaderPosition, record: ConversationRecord | undefined): ReaderPosition {
  const { outcomes, ...rungs } = position
  const known = Object.entries(rungs).map(([rung, seq]) => [rung, serverSeq(seq ?? 0, record)])
  const server: ReaderPosition = Object.fromEntries(known)
  if (!outcomes) return server
  const told = Object.entries(outcomes).flatMap(([seq, outcome]) =>
    numbersOf(Number(seq), record).map(number => [serverSeq(number, record), outcome] as const),
  )
  const after = told.filter(([seq]) => seq > 0)
  return after.length > 0 ? { ...server, outcomes: Object.fromEntries(after) } : server
}
