/** An account or group that an agent knows. */
import * as v from 'valibot'
import { idSchema, instantSchema } from './fields.ts'

/** An entry of `contacts.json`. */
export const contactSchema = v.object({
  contactId: idSchema,
  name: v.optional(v.string()),
  description: v.optional(v.string()),
  addedAt: instantSchema,
  updatedAt: v.optional(instantSchema),
})

/** An account or group that an agent knows. */
export type Contact = Readonly<v.InferOutput<typeof contactSchema>>
