/** What the client keeps beside events: the records of its collections, as schemas. Everything read passes one. */
import * as v from 'valibot'
import { IMError } from '../errors.ts'
import { editEntries, messageContentEntries } from '../model/event.ts'
import {
  byType,
  countSchema,
  eventIdSchema,
  flagSchema,
  idSchema,
  instantSchema,
  oneOf,
  textSchema,
} from '../model/fields.ts'
import type { Json } from '../model/json.ts'
import { pathOf } from '../protocol/validate.ts'

/** The version of the workspace's layout. A newer one is refused, so that it cannot be damaged. */
export const FORMAT_VERSION = 1

/** `config.json`. Never holds a secret. */
export const configSchema = v.object({
  formatVersion: countSchema,
  agentId: textSchema,
  deviceId: textSchema,
  imServerUrl: v.optional(textSchema),
  settings: v.optional(v.object({ queue: v.optional(flagSchema), queueLimit: v.optional(countSchema) }), {}),
})

const draftEntries = { id: eventIdSchema, conversationId: idSchema, order: countSchema, sentAt: instantSchema }

/** A message that is to be sent. */
export const messageDraftSchema = v.object({ type: oneOf('message'), ...draftEntries, ...messageContentEntries })

const DRAFTS = {
  message: messageDraftSchema,
  edit: v.object({ type: oneOf('edit'), ...draftEntries, ...editEntries }),
  deletion: v.object({ type: oneOf('deletion'), ...draftEntries, target: eventIdSchema }),
  reaction: v.object({
    type: oneOf('reaction'),
    ...draftEntries,
    target: eventIdSchema,
    reaction: textSchema,
    removed: v.optional(flagSchema),
  }),
}

/** An entry of `queue/outbox.json`: an event that the server has not accepted yet. `order` is first-in first-out. */
export const outboxEntrySchema = byType<(typeof DRAFTS)[keyof typeof DRAFTS]>(DRAFTS, messageDraftSchema)

export type Config = v.InferOutput<typeof configSchema>
export type OutboxEntry = v.InferOutput<typeof outboxEntrySchema>

/**
 * A stored value as its schema gives it.
 * @throws IMError `STORAGE_DAMAGED`, naming the place
 */
export function readStored<S extends v.GenericSchema>(schema: S, value: Json, place: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const path = pathOf(result.issues[0])
  throw new IMError('STORAGE_DAMAGED', `${place} holds a value that does not fit${path ? ` (${path})` : ''}.`, {
    details: { place, path },
  })
}
