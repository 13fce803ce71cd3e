/** A message as a program sees it, and how far it has come. */
import type { IMErrorCode } from '../errors.ts'
import type { Importance } from './event.ts'
import type { Json } from './json.ts'

/**
 * How far a message has come, lowest first. A status is a position on this ladder and joins by maximum, so that late,
 * repeated or reordered receipts can never move it back. The words are persisted and travel on the wire.
 *
 * - `queued`: durable in this client's outbox
 * - `accepted`: durable at the server, which has given it a sequence
 * - `delivered`: durable at the recipient (in a group: at every recipient)
 * - `read`: taken by a handler, or seen by a person
 * - `done`: the work on it was completed
 */
export const STATUS_LADDER = ['queued', 'accepted', 'delivered', 'read', 'done'] as const

/**
 * A rung of the ladder, or one of the two ends beside it. `failed`: the server refused the message, or the work on it
 * failed at a recipient; `expired`: it was not taken in time. In a group one recipient is enough for either.
 */
export type MessageStatus = (typeof STATUS_LADDER)[number] | 'failed' | 'expired'

/** A message as programs see it. Once accepted its content is immutable; `editedAt` and `deletedAt` tell of later events. */
export interface Message {
  /** Made by the sender, stable over retries: the idempotency key. */
  readonly id: string
  /** The other side's id in a direct conversation, the group's id in a group. */
  readonly conversationId: string
  /** Server-given, per conversation, from 1, without gaps; absent until accepted. */
  readonly seq?: number
  readonly from: string
  readonly to: string
  readonly text: string
  /** The id of the message that this one answers. */
  readonly replyTo?: string
  /** Any value that superjson can carry. */
  readonly data?: unknown
  /** Why `data` is absent although the message has some: it could not be decoded safely. */
  readonly dataError?: IMErrorCode
  readonly parts?: readonly Json[]
  /** How much it matters beside others; `normal` where it is absent. */
  readonly importance?: Importance
  /** Nobody is to begin with it after this, ISO 8601. */
  readonly expiresAt?: string
  /** Whether its sender waits for an answer. */
  readonly expectsReply?: boolean
  /** What a reply is when it is no answer: news of work that goes on, or a refusal to answer. */
  readonly replyKind?: 'progress' | 'declined'
  /** Whether a program wrote it when it handled a message: no person has. */
  readonly auto?: boolean
  /** How many messages that programs wrote lie between this one and what a person said, itself included. */
  readonly hop?: number
  /** The id of the message that a program handled when it wrote this one. */
  readonly causationId?: string
  /** The sender's clock, ISO 8601. Never used for order. */
  readonly sentAt: string
  /** The server's clock, ISO 8601; absent until accepted. */
  readonly acceptedAt?: string
  readonly status: MessageStatus
  /** Why `status` is `failed` where the server refused the message. */
  readonly failure?: { readonly code: IMErrorCode; readonly message: string }
  readonly editedAt?: string
  readonly deletedAt?: string
  /** Who reacted, by reaction. */
  readonly reactions?: Readonly<Record<string, readonly string[]>>
}

/** Where a message comes from that a program wrote by itself. */
export type MessageOrigin = Required<Pick<Message, 'auto' | 'hop' | 'causationId'>>

/** The height of a status: `failed` and `expired` end the climb and stand beside the ladder, at -1. */
export function statusRank(status: MessageStatus): number {
  return (STATUS_LADDER as readonly string[]).indexOf(status)
}
