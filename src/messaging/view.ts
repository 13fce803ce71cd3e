/** From what is stored to what a program sees. */
import { IMError } from '../errors.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import {
  type DeletionEvent,
  type EditEvent,
  EXTRA_NAMES,
  hasExpired,
  type MessageExtras,
  type Payload,
  type ReactionEvent,
  type StoredMessage,
} from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { decodePayload } from '../model/payload.ts'
import { isText, type QueuedMessage, viewQueuedText } from './queued.ts'
import { statusOf, type Viewpoint } from './status.ts'

/** An event that changes an earlier message. */
export type Amendment = EditEvent | DeletionEvent | ReactionEvent

/** A stored message as it was sent. What later events made of it is in `amended.ts`. */
export async function viewMessage(
  message: StoredMessage,
  { record, ...viewpoint }: Viewpoint & { readonly record: ConversationRecord | undefined },
): Promise<Message> {
  const { id, conversationId, seq, from, to, text, sentAt, acceptedAt } = message
  const status = statusOf(message, record, viewpoint)
  const plain = { id, conversationId, seq, from, to, text, sentAt, acceptedAt, status }
  return isText(message) ? plain : await withContent(plain, message)
}

/** A message that is still in the outbox. */
export async function viewQueued(entry: QueuedMessage, { agentId, now }: Viewpoint): Promise<Message> {
  const plain = viewQueuedText(entry, agentId)
  if (isText(entry)) return plain
  return withContent(hasExpired(entry, now) ? { ...plain, status: 'expired' } : plain, entry)
}

async function withContent(view: Message, { data, ...extras }: MessageExtras): Promise<Message> {
  const present = EXTRA_NAMES.flatMap(name =>
    name === 'data' || extras[name] === undefined ? [] : [[name, extras[name]]],
  )
  return { ...view, ...Object.fromEntries(present), ...(await viewData(data)) }
}

/** What was sent as `data`, decoded; or why it cannot be. */
export async function viewData(data: Payload | undefined): Promise<Pick<Message, 'data' | 'dataError'>> {
  if (data === undefined) return {}
  try {
    return { data: await decodePayload(data) }
  } catch (error) {
    return { dataError: error instanceof IMError ? error.code : 'PAYLOAD_INVALID' }
  }
}
