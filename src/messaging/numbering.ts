/**
 * Between a server's sequence numbers and this client's. They are the same, until a server begins to number anew: from
 * then on the new numbers continue above the old ones, so that nothing stored is overwritten.
 */
import type { ConversationRecord, ReaderPosition } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import type { Receipt } from '../protocol/schemas.ts'

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
  return numbered
}

/** This client's number as the server knows it; 0 for what is from before its time. */
export function serverSeq(seq: number, record: ConversationRecord | undefined): number {
  return Math.max(0, seq - (record?.epochBase ?? 0))
}

/** A position of this client's own as the server knows it. */
export function serverPosition(position: ReaderPosition, record: ConversationRecord | undefined): ReaderPosition {
  const rungs = Object.entries(position).map(([rung, seq]) => [rung, serverSeq(seq ?? 0, record)])
  return Object.fromEntries(rungs) as ReaderPosition
}
