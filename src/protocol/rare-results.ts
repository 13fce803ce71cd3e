/** IM Protocol v1: what the less usual requests are answered with. A client loads them with the first of these requests. */
import * as v from 'valibot'
import { positionsSchema } from '../model/conversation.ts'
import { conversationEventSchema } from '../model/event.ts'
import { accountIdSchema, countSchema, idSchema } from '../model/fields.ts'
import { appendResultSchema, presenceSchema } from './schemas.ts'

/** A conversation as the server describes it to one of its participants. */
export const conversationInfoSchema = v.object({
  conversationId: idSchema,
  kind: v.picklist(['direct', 'group']),
  title: v.optional(v.string()),
  participants: v.array(accountIdSchema),
  /** Where what this account may see begins, and what the log ends with. */
  firstSeq: countSchema,
  lastSeq: countSchema,
  positions: positionsSchema,
})

/** As `usualResults`. */
export const rareResults = {
  'history.fetch': v.object({ events: v.array(conversationEventSchema), firstSeq: countSchema, lastSeq: countSchema }),
  /** `next` continues the listing; absent on the last page. */
  'conversation.list': v.object({ conversations: v.array(conversationInfoSchema), next: v.optional(v.string()) }),
  'group.create': v.object({ ...appendResultSchema.entries, conversation: conversationInfoSchema }),
  'group.update': appendResultSchema,
  'queue.update': v.object({}),
  'presence.watch': v.object({ presences: v.array(presenceSchema) }),
} as const

export type ConversationInfo = v.InferOutput<typeof conversationInfoSchema>
