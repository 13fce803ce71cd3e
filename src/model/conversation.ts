/** What is known of a conversation beside its events. */
import * as v from 'valibot'
import {
  accountIdSchema,
  countSchema,
  flagSchema,
  idSchema,
  instantSchema,
  oneOf,
  recordOf,
  textSchema,
} from './fields.ts'

/** What can have become of a single message, lowest first. Persisted, and on the wire. */
const OUTCOMES: readonly (Outcome | undefined)[] = ['expired', 'failed', 'done']

/** What became of single messages, checked as JSON text in one go. Sequence numbers of 15 digits are exact. */
export const outcomesSchema = v.custom<Outcomes>(value =>
  /^{("[1-9]\d{0,14}":"(expired|failed|done)",?)*}$/.test(JSON.stringify(value)),
)

/**
 * How far one reader has come in a conversation: sequence numbers, each covering everything below it, but for the single
 * messages of which `outcomes` says what became of them.
 */
export const readerPositionSchema = v.object({
  delivered: v.optional(countSchema),
  read: v.optional(countSchema),
  done: v.optional(countSchema),
  outcomes: v.optional(outcomesSchema),
})

/** How far each reader has come, by account. */
export const positionsSchema = recordOf(readerPositionSchema)

/** Sequence numbers known to be missing, both ends included. */
export const gapSchema = v.object({ from: countSchema, to: countSchema })

/** A numbering that a server gave up: up to where it went here, and how far each reader had come in it. */
const endedNumberingSchema = v.object({ upTo: countSchema, positions: positionsSchema })

/** Events that came again under later numbers: those that are stored `from` to `to` are `by` higher there. */
const repeatedSchema = v.object({ from: countSchema, to: countSchema, by: countSchema })

/** An entry of `conversations/index.json`. */
export const conversationRecordSchema = v.object({
  conversationId: idSchema,
  kind: oneOf('direct', 'group'),
  title: v.optional(textSchema),
  participants: v.array(accountIdSchema),
  /** The highest sequence stored. */
  lastSeq: countSchema,
  lastMessageAt: v.optional(instantSchema),
  /** What this client was allowed to see begins here: the sequence at which it joined. */
  firstSeq: v.optional(countSchema),
  /** Everything up to here was taken by a handler, but for `unprocessed`. */
  processedSeq: countSchema,
  /** Messages below `processedSeq` whose handler failed too often; offered again when a handler is registered. */
  unprocessed: v.optional(v.array(countSchema)),
  /** Messages of others above this client's own read position. */
  unreadCount: countSchema,
  /** How far each participant, this client included, has come. */
  positions: positionsSchema,
  /** Where each participant that was added later joined; the others are there from the beginning. */
  joined: v.optional(recordOf(countSchema)),
  /** Sequence numbers that the server has and this client does not, yet. */
  gaps: v.optional(v.array(gapSchema)),
  /** Added to the server's sequence numbers: where this server's numbering begins here, after a reset. */
  epochBase: v.optional(countSchema),
  /** The numberings below `epochBase`, lowest first: no position in a later one says anything about their messages. */
  ended: v.optional(v.array(endedNumberingSchema)),
  /** What a server that began to number anew has had again. */
  repeated: v.optional(v.array(repeatedSchema)),
  /** Whether this client's own position still has to be told to the server. */
  unreported: v.optional(flagSchema),
  /** Whether any event changes an earlier message (edit, deletion, reaction). */
  amended: v.optional(flagSchema),
})

/**
 * What became of a single message at one reader: it expired before it was taken, the work on it failed, or was done. Joins
 * in this order, so that repeated or reordered receipts can never take back what is known.
 */
export type Outcome = 'expired' | 'failed' | 'done'

/** Outcomes by sequence number, in decimal digits. */
export type Outcomes = Readonly<Record<string, Outcome>>

export type ReaderPosition = v.InferOutput<typeof readerPositionSchema>
export type Gap = v.InferOutput<typeof gapSchema>
export type ConversationRecord = v.InferOutput<typeof conversationRecordSchema>

/** A conversation as programs see it. */
export interface Conversation {
  readonly conversationId: string
  readonly kind: 'direct' | 'group'
  readonly title?: string
  readonly participants: readonly string[]
  readonly lastSeq: number
  readonly lastMessageAt?: string
  readonly unreadCount: number
  /** How far each reader has come in the sequences above `positionsAbove`. */
  readonly positions: Readonly<Record<string, ReaderPosition>>
  /** Up to here sequences were given by a server that was lost: positions say nothing of them. 0 where none was. */
  readonly positionsAbove: number
  /** Sequences known to be missing here and being fetched. */
  readonly gaps: readonly Gap[]
}

/** Joins two positions of one reader: each rung by maximum, each outcome by rank. Repeats and reordering do no harm. */
export function joinPositions(a: ReaderPosition, b: ReaderPosition): ReaderPosition {
  const joined: { -readonly [K in keyof ReaderPosition]: ReaderPosition[K] } = {}
  for (const rung of ['delivered', 'read', 'done'] as const) {
    const position = Math.max(a[rung] ?? 0, b[rung] ?? 0)
    if (position > 0) joined[rung] = position
  }
  const told = { ...a.outcomes } // in the order of `a`: what changes nothing leaves its text as it was
  for (const seq in b.outcomes) {
    const outcome = b.outcomes[seq] as Outcome
    if (outcomeRank(told[seq]) < outcomeRank(outcome)) told[seq] = outcome
  }
  for (const _ in told) joined.outcomes = told
  return joined
}

/** The height of an outcome among those that one message can have; below all of them where there is none. */
export function outcomeRank(outcome: Outcome | undefined): number {
  return OUTCOMES.indexOf(outcome)
}
