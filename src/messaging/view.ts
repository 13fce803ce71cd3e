/** From what is stored to what a program sees. */
import { IMError } from '../errors.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import type { DeletionEvent, EditEvent, Payload, ReactionEvent, StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { decodePayload } from '../model/payload.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import { statusOf } from './status.ts'

/** An event that changes an earlier message. */
export type Amendment = EditEvent | DeletionEvent | ReactionEvent

/** An outbox entry that is a message. */
export type QueuedMessage = Extract<OutboxEntry, { type: 'message' }>

/** A stored message, with what later events made of it. `amendments` in the order of the log. */
export async function viewMessage(
  message: StoredMessage,
  {
    record,
    agentId,
    amendments = [],
  }: { record: ConversationRecord | undefined; agentId: string; amendments?: readonly Amendment[] },
): Promise<Message> {
  const { id, conversationId, seq, from, to, text, sentAt, acceptedAt } = message
  const status = statusOf(message, record, agentId)
  const plain = { id, conversationId, seq, from, to, text, sentAt, acceptedAt, status }
  let view: Message = isPlain(message) ? plain : await withContent(plain, message)
  for (const amendment of amendments) view = await amend(view, amendment)
  return view
}

/** A message that is still in the outbox. */
export async function viewQueued(entry: QueuedMessage, agentId: string): Promise<Message> {
  const { id, conversationId, text, sentAt } = entry
  const plain = { id, conversationId, from: agentId, to: conversationId, text, sentAt, status: 'queued' } as const
  return isPlain(entry) ? plain : await withContent(plain, entry)
}

/** What a message may hold beside its text. */
type Content = Pick<StoredMessage, 'replyTo' | 'parts' | 'data'>

/** Whether a message is all text, as most are: it is viewed without waiting for a decoder. */
function isPlain({ replyTo, parts, data }: Content): boolean {
  return replyTo === undefined && parts === undefined && data === undefined
}

async function withContent(view: Message, { replyTo, parts, data }: Content): Promise<Message> {
  return {
    ...view,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(parts === undefined ? {} : { parts }),
    ...(await viewData(data)),
  }
}

async function viewData(data: Payload | undefined): Promise<Pick<Message, 'data' | 'dataError'>> {
  if (data === undefined) return {}
  try {
    return { data: await decodePayload(data) }
  } catch (error) {
    return { dataError: error instanceof IMError ? error.code : 'PAYLOAD_INVALID' }
  }
}

async function amend(message: Message, amendment: Amendment): Promise<Message> {
  switch (amendment.type) {
    case 'edit':
      if (amendment.from !== message.from || message.deletedAt) return message
      return { ...message, text: amendment.text, ...(await viewData(amendment.data)), editedAt: amendment.acceptedAt }
    case 'deletion': {
      if (amendment.from !== message.from) return message
      const { data: _, parts: __, ...rest } = message
      return { ...rest, text: '', deletedAt: amendment.acceptedAt }
    }
    case 'reaction':
      return { ...message, reactions: react(message.reactions ?? {}, amendment) }
  }
}

function react(reactions: Readonly<Record<string, readonly string[]>>, { reaction, from, removed }: ReactionEvent) {
  const others = new Map(Object.entries(reactions))
  const readers = (others.get(reaction) ?? []).filter(reader => reader !== from)
  if (!removed) readers.push(from)
  if (readers.length > 0) others.set(reaction, readers)
  else others.delete(reaction)
  return Object.fromEntries(others)
}
