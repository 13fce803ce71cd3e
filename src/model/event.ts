/**
 * A conversation is a log of events. A message is one kind; what happens to a message later (an edit, a deletion,
 * a reaction) is a further event, never a change of the first.
 */
import * as v from 'valibot'
import { isAccountId, isId } from './id.ts'
import type { Json } from './json.ts'

/** An account, contact or conversation id. */
export const idSchema = v.pipe(
  v.string(),
  v.check(value => isId(value), 'not a valid id'),
)

/** An account id. */
export const accountIdSchema = v.pipe(
  v.string(),
  v.check(value => isAccountId(value), 'not a valid account id'),
)

/** An id that a client made for a message or another event: 1 to 128 printable ASCII characters, normally a UUIDv7. */
export const eventIdSchema = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/))

/** A sequence number: server-given, per conversation, from 1, without gaps. */
export const seqSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** An instant, ISO 8601. */
export const instantSchema = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/))

/** Any JSON value: what reaches a schema has come out of `JSON.parse`. */
export const jsonSchema = v.custom<Json>(value => value !== undefined)

/** `data` as it travels and as it is stored: what superjson makes of a value. `payload.ts` alone may decode it. */
export interface Payload {
  json: Json
  meta?: Json | undefined
}

/*
 * The types of these two are written out, because valibot makes the input of an optional schema deeply readonly, which
 * has no end for a recursive type: programs that import the declarations would not compile.
 */

/** A {@link Payload}. */
export const payloadSchema: v.GenericSchema<Payload> = v.object({ json: jsonSchema, meta: v.optional(jsonSchema) })

/** A message's parts: any JSON values. */
const partsSchema: v.GenericSchema<unknown, Json[]> = v.array(jsonSchema)

/** What a sender says of a message. */
export const messageContentEntries = {
  text: v.string(),
  replyTo: v.optional(eventIdSchema),
  data: v.optional(payloadSchema),
  parts: v.optional(partsSchema),
  sentAt: instantSchema,
}

/** What the server stamps on every event. */
const stampEntries = {
  id: eventIdSchema,
  conversationId: idSchema,
  seq: seqSchema,
  from: accountIdSchema,
  acceptedAt: instantSchema,
}

/** A message. */
export const messageEventSchema = v.object({
  type: v.literal('message'),
  ...stampEntries,
  to: idSchema,
  ...messageContentEntries,
})

/** A new text, and possibly new data, for an earlier message of the same sender. */
export const editEventSchema = v.object({
  type: v.literal('edit'),
  ...stampEntries,
  target: eventIdSchema,
  text: v.string(),
  data: v.optional(payloadSchema),
})

/** An earlier message of the same sender is taken back. */
export const deletionEventSchema = v.object({ type: v.literal('deletion'), ...stampEntries, target: eventIdSchema })

/** What a reaction says: 1 to 64 UTF-16 code units, normally an emoji. */
export const reactionTextSchema = v.pipe(v.string(), v.regex(/^[\s\S]{1,64}$/))

/** A participant's reaction to a message is added or taken back. */
export const reactionEventSchema = v.object({
  type: v.literal('reaction'),
  ...stampEntries,
  target: eventIdSchema,
  reaction: reactionTextSchema,
  removed: v.optional(v.boolean()),
})

/** A group comes to be, or its members or its title change. */
export const membershipEventSchema = v.object({
  type: v.literal('membership'),
  ...stampEntries,
  change: v.picklist(['created', 'added', 'removed', 'left', 'titled']),
  /** Whom the change concerns. */
  members: v.array(accountIdSchema),
  /** Everyone who takes part after the change. */
  participants: v.optional(v.array(accountIdSchema)),
  title: v.optional(v.string()),
})

/** An event of a kind that this version does not know: kept, counted in the sequence, not interpreted. */
export const unknownEventSchema = v.looseObject({ type: v.string(), ...stampEntries })

/** One entry of a conversation's log. */
export const conversationEventSchema = v.union([
  messageEventSchema,
  editEventSchema,
  deletionEventSchema,
  reactionEventSchema,
  membershipEventSchema,
  v.pipe(
    unknownEventSchema,
    v.check(event => !KNOWN_EVENT_TYPES.has(event.type), 'a known event of a wrong shape'),
  ),
])

const KNOWN_EVENT_TYPES: ReadonlySet<string> = new Set(['message', 'edit', 'deletion', 'reaction', 'membership'])

export type StoredMessage = v.InferOutput<typeof messageEventSchema>
export type EditEvent = v.InferOutput<typeof editEventSchema>
export type DeletionEvent = v.InferOutput<typeof deletionEventSchema>
export type ReactionEvent = v.InferOutput<typeof reactionEventSchema>
export type MembershipEvent = v.InferOutput<typeof membershipEventSchema>
export type UnknownEvent = v.InferOutput<typeof unknownEventSchema>

/** An event of a kind that this version knows. */
export type KnownEvent = StoredMessage | EditEvent | DeletionEvent | ReactionEvent | MembershipEvent

/** One entry of a conversation's log, as the wire carries it and a line of the conversation's file holds it. */
export type ConversationEvent = KnownEvent | UnknownEvent

/** Narrows an event to one of a known kind. */
export function isKnownEvent(event: ConversationEvent): event is KnownEvent {
  return KNOWN_EVENT_TYPES.has(event.type)
}

/** Narrows an event to a message. */
export function isMessage(event: ConversationEvent): event is StoredMessage {
  return event.type === 'message'
}
