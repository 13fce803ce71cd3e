/** Why a message is not sent. Loaded with the first that is refused. */
import { IMError } from '../errors.ts'
import { isEventId } from '../model/fields.ts'
import { requireId } from '../model/id.ts'
import { isSendableText, MAX_TEXT_LENGTH, type OutgoingMessage } from './composer.ts'

/** @throws IMError `ID_INVALID`, `MESSAGE_TOO_LARGE`; `TypeError` for a wrong type: always, for a message that cannot be sent */
export function refuse({ to, text, replyTo, id }: OutgoingMessage): never {
  requireId(to, 'conversation')
  requireText(text)
  for (const given of [id, replyTo]) {
    if (given === undefined || isEventId(given)) continue
    throw new IMError('ID_INVALID', 'A message id has 1 to 128 printable ASCII characters without spaces.')
  }
  throw new IMError('MESSAGE_INVALID', 'The message cannot be sent.')
}

/** @throws IMError `MESSAGE_TOO_LARGE`; `TypeError` for what is no text */
export function requireText(text: unknown): string {
  if (typeof text !== 'string') throw new TypeError(`The text of a message must be a string, not ${typeof text}.`)
  if (isSendableText(text)) return text
  const details = { length: text.length, limit: MAX_TEXT_LENGTH }
  throw new IMError('MESSAGE_TOO_LARGE', `The text has ${text.length} characters; ${MAX_TEXT_LENGTH} are allowed.`, {
    details,
  })
}
