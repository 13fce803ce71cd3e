/**
 * IM Protocol v1: the parameters and results of every method, as schemas. `docs/protocol.schema.json` is generated from
 * them. Unknown fields are dropped, unknown methods answered with an error: neither breaks a peer that is newer.
 */
import * as v from 'valibot'
import { readerPositionSchema } from '../model/conversation.ts'
import {
  accountIdSchema,
  conversationEventSchema,
  eventIdSchema,
  idSchema,
  instantSchema,
  messageContentEntries,
  payloadSchema,
  seqSchema,
} from '../model/event.ts'

const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const titleSchema = v.pipe(v.string(), v.maxLength(1000))
const emptySchema = v.object({})

/** How far a client has stored its account's change feed. A new epoch voids old cursors. */
export const cursorSchema = v.object({ epoch: v.string(), offset: countSchema })

/** What a server allows; units in the names, sizes in bytes of UTF-8 or UTF-16 code units of text. */
export const limitsSchema = v.object({
  frameBytes: countSchema,
  textLength: countSchema,
  /** Requests that a client may have under way at once. */
  requestsInFlight: countSchema,
  /** Feed items that the server sends before it waits for `feed.ack`. */
  unackedItems: countSchema,
  historyPage: countSchema,
  groupMembers: countSchema,
})

/** A conversation as the server describes it to one of its participants. */
export const conversationInfoSchema = v.object({
  conversationId: idSchema,
  kind: v.picklist(['direct', 'group']),
  title: v.optional(v.string()),
  participants: v.array(accountIdSchema),
  /** Where what this account may see begins, and what the log ends with. */
  firstSeq: countSchema,
  lastSeq: countSchema,
  positions: v.record(v.string(), readerPositionSchema),
})

/** How far a reader has come in a conversation. */
export const receiptSchema = v.object({
  conversationId: idSchema,
  reader: accountIdSchema,
  ...readerPositionSchema.entries,
})

/** An account's presence. */
export const presenceSchema = v.object({ agentId: accountIdSchema, online: v.boolean(), since: instantSchema })

/** The answer to everything that appends an event. A repeat gives the original answer with `duplicate: true`. */
export const appendResultSchema = v.object({
  id: eventIdSchema,
  conversationId: idSchema,
  seq: seqSchema,
  acceptedAt: instantSchema,
  duplicate: v.boolean(),
})

/** What every request that appends an event begins with: its own id, and optionally the event it must follow. */
const appendEntries = {
  id: eventIdSchema,
  /** The previous event of this sender in this conversation; refused with MESSAGE_OUT_OF_ORDER unless it was accepted. */
  after: v.optional(eventIdSchema),
}

const targetEntries = { ...appendEntries, conversationId: idSchema, target: eventIdSchema }

/** Requests from client to server. */
export const requestSchemas = {
  'session.open': {
    params: v.object({
      agentId: accountIdSchema,
      token: v.optional(v.string()),
      deviceId: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
      cursor: v.optional(cursorSchema),
      versions: v.pipe(v.array(v.number()), v.maxLength(100)),
      capabilities: v.optional(v.array(v.string()), []),
    }),
    result: v.object({
      sessionId: v.string(),
      version: v.number(),
      epoch: v.string(),
      /** Whether the feed goes on from the cursor without a hole. */
      recovered: v.boolean(),
      /** The end of the feed at this moment: what came before the session was opened ends here. */
      offset: countSchema,
      heartbeatMs: countSchema,
      limits: limitsSchema,
      serverTime: instantSchema,
    }),
  },
  'message.send': {
    params: v.object({ ...appendEntries, to: idSchema, ...messageContentEntries }),
    result: appendResultSchema,
  },
  'message.edit': {
    params: v.object({ ...targetEntries, text: v.string(), data: v.optional(payloadSchema) }),
    result: appendResultSchema,
  },
  'message.delete': { params: v.object(targetEntries), result: appendResultSchema },
  'message.react': {
    params: v.object({
      ...targetEntries,
      reaction: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
      removed: v.optional(v.boolean()),
    }),
    result: appendResultSchema,
  },
  'history.fetch': {
    params: v.object({
      conversationId: idSchema,
      after: v.optional(countSchema),
      before: v.optional(countSchema),
      limit: v.optional(v.pipe(countSchema, v.minValue(1))),
      /** The page at the upper end of the range: newest first. Events come in ascending order all the same. */
      newest: v.optional(v.boolean()),
    }),
    result: v.object({ events: v.array(conversationEventSchema), firstSeq: countSchema, lastSeq: countSchema }),
  },
  'conversation.list': {
    params: v.object({ after: v.optional(v.string()), limit: v.optional(v.pipe(countSchema, v.minValue(1))) }),
    /** `next` continues the listing; absent on the last page. */
    result: v.object({ conversations: v.array(conversationInfoSchema), next: v.optional(v.string()) }),
  },
  'group.create': {
    params: v.object({ id: eventIdSchema, title: v.optional(titleSchema), members: v.array(accountIdSchema) }),
    result: v.object({ ...appendResultSchema.entries, conversation: conversationInfoSchema }),
  },
  'group.update': {
    params: v.object({
      ...appendEntries,
      conversationId: idSchema,
      add: v.optional(v.array(accountIdSchema)),
      remove: v.optional(v.array(accountIdSchema)),
      title: v.optional(titleSchema),
    }),
    result: appendResultSchema,
  },
  'receipt.update': {
    params: v.object({
      conversationId: idSchema,
      /** Only after a backfill: what the feed brings is confirmed by `feed.ack`. */
      delivered: v.optional(countSchema),
      read: v.optional(countSchema),
      done: v.optional(countSchema),
    }),
    result: emptySchema,
  },
  'presence.watch': {
    params: v.object({ agentIds: v.pipe(v.array(accountIdSchema), v.maxLength(1000)) }),
    result: v.object({ presences: v.array(presenceSchema) }),
  },
} as const

/** Notifications from client to server. */
export const clientNotificationSchemas = {
  /** Everything up to the offset is stored. */
  'feed.ack': v.object({ offset: countSchema }),
  /** The answer to the server's heartbeat. */
  heartbeat: emptySchema,
} as const

/** Notifications from server to client. */
export const serverNotificationSchemas = {
  /** The next stretch of the account's change feed, complete up to `offset`. */
  'feed.events': v.object({
    offset: countSchema,
    events: v.array(conversationEventSchema),
    receipts: v.optional(v.array(receiptSchema), []),
  }),
  heartbeat: emptySchema,
  /** The server is about to close this connection. */
  'session.closing': v.object({ reason: v.string(), retryAfterMs: v.optional(countSchema) }),
  'presence.changed': presenceSchema,
} as const

export type RequestMethod = keyof typeof requestSchemas
export type RequestParams<M extends RequestMethod> = v.InferInput<(typeof requestSchemas)[M]['params']>
export type RequestResult<M extends RequestMethod> = v.InferOutput<(typeof requestSchemas)[M]['result']>
export type ServerNotification = keyof typeof serverNotificationSchemas
export type ClientNotification = keyof typeof clientNotificationSchemas

export type Cursor = v.InferOutput<typeof cursorSchema>
export type Limits = v.InferOutput<typeof limitsSchema>
export type ConversationInfo = v.InferOutput<typeof conversationInfoSchema>
export type Receipt = v.InferOutput<typeof receiptSchema>
export type Presence = v.InferOutput<typeof presenceSchema>
export type AppendResult = v.InferOutput<typeof appendResultSchema>
export type FeedBatch = v.InferOutput<(typeof serverNotificationSchemas)['feed.events']>
