/**
 * IM Protocol v1: what requests are called with. Apart from the results, because only a server checks these and a
 * client need not carry them.
 */
import * as v from 'valibot'
import { outcomesSchema } from '../model/conversation.ts'
import { messageContentEntries, payloadSchema } from '../model/event.ts'
import { accountIdSchema, countSchema, eventIdSchema, idSchema, reactionTextSchema } from '../model/fields.ts'
import { cursorSchema } from './schemas.ts'

const titleSchema = v.pipe(v.string(), v.maxLength(1000))

/** What every request that appends an event begins with: its own id, and optionally the event it must follow. */
const appendEntries = {
  id: eventIdSchema,
  /** The previous event of this sender in this conversation; refused with MESSAGE_OUT_OF_ORDER unless it was accepted. */
  after: v.optional(eventIdSchema),
}

const targetEntries = { ...appendEntries, conversationId: idSchema, target: eventIdSchema }

/** Requests from client to server: what each is called with. */
export const requestParams = {
  'session.open': v.object({
    agentId: accountIdSchema,
    token: v.optional(v.string()),
    deviceId: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
    cursor: v.optional(cursorSchema),
    /** Conversations of which the client misses events from before the cursor. */
    incomplete: v.optional(v.array(idSchema), []),
    versions: v.pipe(v.array(v.number()), v.maxLength(100)),
    capabilities: v.optional(v.array(v.string()), []),
  }),
  'message.send': v.object({ ...appendEntries, to: idSchema, ...messageContentEntries }),
  'message.edit': v.object({ ...targetEntries, text: v.string(), data: v.optional(payloadSchema) }),
  'message.delete': v.object(targetEntries),
  'message.react': v.object({
    ...targetEntries,
    reaction: reactionTextSchema,
    removed: v.optional(v.boolean()),
  }),
  'history.fetch': v.object({
    conversationId: idSchema,
    after: v.optional(countSchema),
    before: v.optional(countSchema),
    limit: v.optional(v.pipe(countSchema, v.minValue(1))),
    /** The page at the upper end of the range: newest first. Events come in ascending order all the same. */
    newest: v.optional(v.boolean()),
  }),
  'conversation.list': v.object({
    after: v.optional(v.string()),
    limit: v.optional(v.pipe(countSchema, v.minValue(1))),
  }),
  'group.create': v.object({ id: eventIdSchema, title: v.optional(titleSchema), members: v.array(accountIdSchema) }),
  'group.update': v.object({
    ...appendEntries,
    conversationId: idSchema,
    add: v.optional(v.array(accountIdSchema)),
    remove: v.optional(v.array(accountIdSchema)),
    title: v.optional(titleSchema),
  }),
  'receipt.update': v.object({
    conversationId: idSchema,
    /** Only after a backfill: what the feed brings is confirmed by `feed.ack`. */
    delivered: v.optional(countSchema),
    read: v.optional(countSchema),
    done: v.optional(countSchema),
    /** What became of single messages, by sequence number. */
    outcomes: v.optional(outcomesSchema),
  }),
  /** Whether more waits for this account than its owner wants, and when senders are to come back. */
  'queue.update': v.object({ full: v.boolean(), retryAfterMs: v.optional(countSchema) }),
  'presence.watch': v.object({ agentIds: v.pipe(v.array(accountIdSchema), v.maxLength(1000)) }),
} as const
