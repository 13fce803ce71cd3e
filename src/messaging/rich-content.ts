/** What a message holds beside its text: loaded when the first such message is sent. */
import { copyJson, encodePayload } from '../model/payload-encoder.ts'
import type { Draft } from './outbox.ts'

export { viewQueued } from './view.ts'

/** A draft that nothing but itself refers to. @throws IMError `PAYLOAD_INVALID` for what would harm others of its write */
export async function encodeDraft(draft: Draft, data: unknown): Promise<Draft> {
  const parts = draft.type === 'message' ? draft.parts : undefined
  const payload = data === undefined ? {} : { data: await encodePayload(data) }
  return { ...draft, ...payload, ...(parts && { parts: copyJson(parts) }) } as Draft
}
