/**
 * IM Protocol v1: the parameters and results of every method, as schemas. `docs/protocol.schema.json` is generated from
 * them. Unknown fields are dropped, unknown methods answered with an error: neither breaks a peer that is newer.
 */
import * as v from 'valibot'
import { readerPositionSchema } from '../model/conversation.ts'
import { conversationEventSchema } from '../model/event.ts'
import {
  accountIdSchema,
  countSchema,
  eventIdSchema,
  flagSchema,
  idSchema,
  instantSchema,
  seqSchema,
  textSchema,
} from '../model/fields.ts'
import type { rareResults } from './rare-results.ts'
import type { requestParams } from './request-params.ts'

const emptySchema = v.object({})

/** How far a client has stored its account's change feed. A new epoch voids old cursors. */
export const cursorSchema = v.object({ epoch: textSchema, offset: countSchema })

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

/** How far a reader has come in a conversation. */
export const receiptSchema = v.object({
  conversationId: idSchema,
  reader: accountIdSchema,
  ...readerPositionSchema.entries,
})

/** An account's presence. */
export const presenceSchema = v.object({ agentId: accountIdSchema, online: flagSchema, since: instantSchema })

/** The answer to everything that appends an event. A repeat gives the original answer with `duplicate: true`. */
export const appendResultSchema = v.object({
  id: eventIdSchema,
  conversationId: idSchema,
  seq: seqSchema,
  acceptedAt: instantSchema,
  duplicate: flagSchema,
})

/** Requests from client to server: what each is answered with. The others are in `rare-results.ts`. See `request-params.ts` for
 * what they are called with. */
export const usualResults = {
  'session.open': v.object({
    sessionId: textSchema,
    version: countSchema,
    epoch: textSchema,
    /** Whether the feed goes on from the cursor without a hole. */
    recovered: flagSchema,
    /** The end of the feed at this moment: what came before the session was opened ends here. */
    offset: countSchema,
    heartbeatMs: countSchema,
    limits: limitsSchema,
    serverTime: instantSchema,
    capabilities: v.optional(v.array(textSchema), []),
  }),
  'message.send': appendResultSchema,
  'message.edit': appendResultSchema,
  'message.delete': appendResultSchema,
  'message.react': appendResultSchema,
  'receipt.update': emptySchema,
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
  'session.closing': v.object({ reason: textSchema, retryAfterMs: v.optional(countSchema) }),
  'presence.changed': presenceSchema,
} as const

/** What every request is answered with. */
type RequestResults = typeof usualResults & typeof rareResults

/** A request from client to server. */
export type RequestMethod = keyof RequestResults
export type RequestParams<M extends RequestMethod> = v.InferInput<(typeof requestParams)[M]>
export type RequestResult<M extends RequestMethod> = v.InferOutput<RequestResults[M]>
export type ServerNotification = keyof typeof serverNotificationSchemas
export type ClientNotification = keyof typeof clientNotificationSchemas

export type Cursor = v.InferOutput<typeof cursorSchema>
export type Limits = v.InferOutput<typeof limitsSchema>
export type Receipt = v.InferOutput<typeof receiptSchema>
export type Presence = v.InferOutput<typeof presenceSchema>
export type AppendResult = v.InferOutput<typeof appendResultSchema>
export type FeedBatch = v.InferOutput<(typeof serverNotificationSchemas)['feed.events']>
