/** A message that waits in the outbox, as a program sees it. */
import { EXTRA_NAMES } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { OutboxEntry } from '../storage/schema.ts'

/** An outbox entry that is a message. */
export type QueuedMessage = Extract<OutboxEntry, { type: 'message' }>

/** The view of a message that is all text, as most are. What others hold beside it is seen by `viewQueued`. */
export function viewQueuedText({ id, conversationId, text, sentAt }: QueuedMessage, agentId: string): Message {
  return { id, conversationId, from: agentId, to: conversationId, text, sentAt, status: 'queued' }
}

/** Whether a message is all text. */
export function isText(message: { readonly [Name in (typeof EXTRA_NAMES)[number]]?: unknown }): boolean {
  return EXTRA_NAMES.every(name => message[name] === undefined)
}
