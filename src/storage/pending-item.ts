/** Work that is still to do, as it is stored. Loaded with the first of it: many clients have none. */
import * as v from 'valibot'
import { messageEventSchema } from '../model/event.ts'
import { countSchema, flagSchema, instantSchema, textSchema } from '../model/fields.ts'

/** An entry of `queue/pending.json`: a message that the agent has still to process. */
export const pendingItemSchema = v.object({
  message: messageEventSchema,
  state: v.picklist(['waiting', 'claimed']),
  attempts: countSchema,
  receivedAt: instantSchema,
  /** When it was given back, and until when it is not to be claimed. */
  releasedAt: v.optional(instantSchema),
  notBefore: v.optional(instantSchema),
  lastError: v.optional(textSchema),
  /** Who works on it: the proof, and until when it holds. `renewed`: by its process, with which it ends. */
  lease: v.optional(
    v.object({ token: textSchema, claimedAt: instantSchema, until: instantSchema, renewed: v.optional(flagSchema) }),
  ),
})

export type PendingItem = v.InferOutput<typeof pendingItemSchema>
