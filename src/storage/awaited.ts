/** What is awaited of messages of this client's own: that they are answered in time, or expire. Loaded with the work. */
import * as v from 'valibot'
import { eventIdSchema, flagSchema, idSchema, instantSchema, oneOf, seqSchema } from '../model/fields.ts'
import { Collection } from './collection.ts'
import type { StorageAdapter } from './contract.ts'

/** An entry of `queue/awaited.json`, by the id of the message. */
export const awaitedSchema = v.object({
  id: eventIdSchema,
  conversationId: idSchema,
  expiresAt: instantSchema,
  /** `expiry`: its sender is told if nobody has begun with it by then. `answer`: it is a question. */
  kind: oneOf('expiry', 'answer'),
  /** The answer to the question, once it is stored. */
  answerSeq: v.optional(seqSchema),
  /** It was told that the time of the question is over. */
  told: v.optional(flagSchema),
  /** Whoever asked has the answer: handlers are not offered it. */
  taken: v.optional(flagSchema),
})

export type Awaited = v.InferOutput<typeof awaitedSchema>

/** What a workspace awaits. */
export function awaitedMessages(storage: StorageAdapter): Collection<typeof awaitedSchema> {
  return new Collection(storage, 'awaited', awaitedSchema)
}
