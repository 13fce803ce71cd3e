/** Dead letters: work that failed for good, and messages that the server refused. Loaded when there is one to read or write. */
import * as v from 'valibot'
import { type IMErrorCode, isIMErrorCode } from '../error-codes.ts'
import { instantSchema } from '../model/fields.ts'
import { Collection } from './collection.ts'
import type { StorageAdapter } from './contract.ts'
import { pendingItemSchema } from './pending-item.ts'
import { messageDraftSchema, outboxEntrySchema } from './schema.ts'

const failureSchema = v.object({
  code: v.custom<IMErrorCode>(isIMErrorCode),
  message: v.string(),
})

const heldSchema = v.object({
  kind: v.picklist(['held']),
  entry: messageDraftSchema,
  rule: v.picklist(['budget', 'hop', 'receipt']),
  failedAt: instantSchema,
  /** When it goes on by itself. */
  until: v.optional(instantSchema),
})

/**
 * An entry of `queue/dead.json`: work that failed for good, a message that the server refused, or one that the loop guard
 * holds back.
 */
const deadLetterSchema = v.union([
  heldSchema,
  v.object({ kind: v.picklist(['unsent']), entry: outboxEntrySchema, failure: failureSchema, failedAt: instantSchema }),
  v.object({ kind: v.picklist(['pending']), item: pendingItemSchema, reason: v.string(), failedAt: instantSchema }),
])

export type HeldLetter = v.InferOutput<typeof heldSchema>
export type DeadLetter = v.InferOutput<typeof deadLetterSchema>

/** The dead letters of a workspace: unsent and held ones by the id of their event, pending ones by conversation and sequence. */
export function deadLetters(storage: StorageAdapter) {
  return new Collection(storage, 'dead', deadLetterSchema)
}
