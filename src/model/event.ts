/**
 * A conversation is a log of events. A message is one kind; what happens to a message later (an edit, a deletion,
 * a reaction) is a further event, never a change of the first.
 */
import * as v from 'valibot'
import {
  accountIdSchema,
  byType,
  countSchema,
  eventIdSchema,
  flagSchema,
  idSchema,
  instantSchema,
  jsonSchema,
  oneOf,
  reactionTextSchema,
  seqSchema,
  textSchema,
} from './fields.ts'
import type { Json } from './json.ts'

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

/** What a message may say beside its text. */
const extraEntries = {
  replyTo: v.optional(eventIdSchema),
  data: v.optional(payloadSchema),
  parts: v.optional(partsSchema),
  importance: v.optional(oneOf('low', 'normal', 'high')),
  /** Nobody is to begin with it after this. */
  expiresAt: v.optional(instantSchema),
  expectsReply: v.optional(flagSchema),
  /** What a reply is when it is no answer. */
  replyKind: v.optional(oneOf('progress', 'declined')),
  /** Written by a program that handled a message: which one, and how many such steps lie behind it. */
  auto: v.optional(flagSchema),
  hop: v.optional(countSchema),
  causationId: v.optional(eventIdSchema),
}

/** The names of what a message may say beside its text. */
export const EXTRA_NAMES = Object.keys(extraEntries) as (keyof typeof extraEntries)[]

/** What a sender says of a message. */
export const messageContentEntries = { text: textSchema, sentAt: instantSchema, ...extraEntries }

/** What a change of a message says. */
export const editEntries = { target: eventIdSchema, text: textSchema, data: v.optional(payloadSchema) }

/** What the server stamps on every event. */
const stampEntries = {
  id: eventIdSchema,
  conversationId: idSchema,
  seq: seqSchema,
  from: accountIdSchema,
  acceptedAt: instantSchema,
}

/** What is known of every event, of whatever kind. */
export const stampSchema = v.object({ type: textSchema, ...stampEntries })

/** A message. */
export const messageEventSchema = v.object({
  type: oneOf('message'),
  ...stampEntries,
  to: idSchema,
  ...messageContentEntries,
})

/** A new text, and possibly new data, for an earlier message of the same sender. */
export const editEventSchema = v.object({
  type: oneOf('edit'),
  ...stampEntries,
  ...editEntries,
})

/** An earlier message of the same sender is taken back. */
export const deletionEventSchema = v.object({ type: oneOf('deletion'), ...stampEntries, target: eventIdSchema })

/** A participant's reaction to a message is added or taken back. */
export const reactionEventSchema = v.object({
  type: oneOf('reaction'),
  ...stampEntries,
  target: eventIdSchema,
  reaction: reactionTextSchema,
  removed: v.optional(flagSchema),
})

/** A group comes to be, or its members or its title change. */
export const membershipEventSchema = v.object({
  type: oneOf('membership'),
  ...stampEntries,
  change: oneOf('created', 'added', 'removed', 'left', 'titled'),
  /** Whom the change concerns. */
  members: v.array(accountIdSchema),
  /** Everyone who takes part after the change. */
  participants: v.optional(v.array(accountIdSchema)),
  title: v.optional(textSchema),
})

/** An event of a kind that this version does not know: kept, counted in the sequence, not interpreted. */
export const unknownEventSchema = v.custom<UnknownEvent>(event => v.safeParse(stampSchema, event).success)

const KNOWN_EVENTS = {
  message: messageEventSchema,
  edit: editEventSchema,
  deletion: deletionEventSchema,
  reaction: reactionEventSchema,
  membership: membershipEventSchema,
} as const

/** One entry of a conversation's log. */
export const conversationEventSchema = byType<v.GenericSchema<unknown, ConversationEvent>>(
  KNOWN_EVENTS,
  unknownEventSchema,
)

export type StoredMessage = v.InferOutput<typeof messageEventSchema>

/** What a message may say beside its text. */
export type MessageExtras = Pick<StoredMessage, (typeof EXTRA_NAMES)[number]>

/** How much a message matters beside others; `normal` where nothing is said. */
export type Importance = NonNullable<StoredMessage['importance']>

export type EditEvent = v.InferOutput<typeof editEventSchema>
export type DeletionEvent = v.InferOutput<typeof deletionEventSchema>
export type ReactionEvent = v.InferOutput<typeof reactionEventSchema>
export type MembershipEvent = v.InferOutput<typeof membershipEventSchema>
export type UnknownEvent = v.InferOutput<typeof stampSchema> & { [name: string]: unknown }

/** An event of a kind that this version knows. */
export type KnownEvent = StoredMessage | EditEvent | DeletionEvent | ReactionEvent | MembershipEvent

/** One entry of a conversation's log, as the wire carries it and a line of the conversation's file holds it. */
export type ConversationEvent = KnownEvent | UnknownEvent

/** Narrows an event to one of a known kind. */
export function isKnownEvent(event: ConversationEvent): event is KnownEvent {
  return Object.hasOwn(KNOWN_EVENTS, event.type)
}

/** Narrows an event to a message. */
export function isMessage(event: ConversationEvent): event is StoredMessage {
  return event.type === 'message'
}

/** Whether nobody is to begin with a message any more. */
export function hasExpired({ expiresAt }: Pick<StoredMessage, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now
}
