/** What a message says beside its text: loaded when the first such message is sent. */
import * as v from 'valibot'
import { IMError } from '../errors.ts'
import { type MessageExtras, messageContentEntries } from '../model/event.ts'
import type { Json } from '../model/json.ts'
import { copyJson, encodePayload } from '../model/payload-encoder.ts'
import { pathOf } from '../protocol/validate.ts'
import type { OutgoingExtras } from './composer.ts'
import type { Draft } from './outbox.ts'

export { viewQueued } from './view.ts'

const { text: _, sentAt: __, data: ___, parts: ____, ...plainEntries } = messageContentEntries

/** What is checked by its schema: `data` and `parts` are copied, and checked with that. */
const plainSchema = v.object(plainEntries)

/**
 * A draft that nothing but itself refers to.
 * @throws IMError `PAYLOAD_INVALID` for what would harm others of its write; `MESSAGE_INVALID` for an extra that is none
 */
export async function encodeDraft(draft: Draft, { data, parts, ...extras }: OutgoingExtras): Promise<Draft> {
  const content: MessageExtras = draft.type === 'message' ? requireExtras(extras) : {}
  if (data !== undefined) content.data = await encodePayload(data)
  if (parts !== undefined) content.parts = copyJson([...(parts as readonly Json[])])
  return { ...draft, ...content } as Draft
}

function requireExtras(extras: OutgoingExtras): MessageExtras {
  const { success, output, issues } = v.safeParse(plainSchema, extras, { abortEarly: true })
  if (success) return Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined))
  const field = pathOf(issues[0])
  throw new IMError('MESSAGE_INVALID', `A message cannot have this as its ${field}.`, { details: { field } })
}
