/** What the server does with the positions of a reader: joins them, and tells to whom a change of them is news. */
import { joinPositions, outcomeRank, type ReaderPosition } from '../model/conversation.ts'
import type { EventIndex } from './event-index.ts'
import type { Span } from './membership.ts'

const RUNGS = ['delivered', 'read', 'done'] as const

/** Whether joining `raised` to `current` changes anything. */
export function raises(current: ReaderPosition | undefined, raised: ReaderPosition): boolean {
  return RUNGS.some(rung => (raised[rung] ?? 0) > (current?.[rung] ?? 0)) || newOutcomes(current, raised).length > 0
}

/** The positions of a reader after a raise. */
export function raisedPositions(current: ReaderPosition | undefined, raised: ReaderPosition): ReaderPosition {
  if (!current?.outcomes || raised.outcomes) return joinPositions(current ?? {}, raised)
  const { outcomes, ...rungs } = current // not copied: most raises say nothing of single messages
  return { ...joinPositions(rungs, raised), outcomes }
}

/** Who sent a message that a raise newly covers, or of which it says something new. */
export function sendersConcerned(
  index: EventIndex,
  current: ReaderPosition | undefined,
  raised: ReaderPosition,
): Set<string> {
  const senders = new Set<string>()
  for (const rung of RUNGS) index.collectSenders(current?.[rung] ?? 0, raised[rung] ?? 0, senders)
  for (const seq of newOutcomes(current, raised)) index.collectSenders(seq - 1, seq, senders)
  return senders
}

/** The highest sequence of which the positions say anything. */
export function lastConcerned({ delivered = 0, read = 0, done = 0, outcomes = {} }: ReaderPosition): number {
  return Object.keys(outcomes).reduce((last, seq) => Math.max(last, Number(seq)), Math.max(delivered, read, done))
}

/** Positions as one may know them who sees this stretch of the conversation only. */
export function positionsWithin(positions: ReaderPosition, { first, last }: Span): ReaderPosition {
  const { outcomes, ...rungs } = positions
  const seen = Object.fromEntries(Object.entries(rungs).map(([rung, seq]) => [rung, Math.min(seq, last)]))
  if (!outcomes) return seen
  const told = Object.entries(outcomes).filter(([seq]) => Number(seq) >= first && Number(seq) <= last)
  return told.length > 0 ? { ...seen, outcomes: Object.fromEntries(told) } : seen
}

/** The sequences of which `raised` says more than `current`. */
function newOutcomes(current: ReaderPosition | undefined, { outcomes }: ReaderPosition): number[] {
  if (!outcomes) return []
  const known = current?.outcomes ?? {}
  const news = Object.entries(outcomes).filter(([seq, outcome]) => outcomeRank(outcome) > outcomeRank(known[seq]))
  return news.map(([seq]) => Number(seq))
}
