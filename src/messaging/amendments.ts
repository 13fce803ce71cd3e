/** Changes of earlier messages: each is an event of its own, and goes through the outbox. */
import { IMError } from '../errors.ts'
import { isReactionText } from '../model/fields.ts'
import type { Composer } from './composer.ts'
import type { MessageHandler } from './message-handler.ts'
import { requireText } from './refusal.ts'

/** What changing a message needs. */
export interface Amending {
  readonly messaging: MessageHandler
  readonly composer: Composer
}

/** @throws IMError `MESSAGE_NOT_FOUND`, `FORBIDDEN`, and as for sending a message */
export async function editMessage(
  amending: Amending,
  messageId: string,
  { text, data }: { readonly text: string; readonly data?: unknown },
): Promise<void> {
  const head = await targetHead(amending, messageId, true)
  await amending.composer.enqueue({ type: 'edit', ...head, text: requireText(text) }, { data })
}

/** @throws IMError `MESSAGE_NOT_FOUND`, `FORBIDDEN`, those of the write */
export async function deleteMessage(amending: Amending, messageId: string): Promise<void> {
  await amending.composer.enqueue({ type: 'deletion', ...(await targetHead(amending, messageId, true)) })
}

/** @throws IMError `MESSAGE_NOT_FOUND`, `MESSAGE_INVALID`, those of the write; `TypeError` for what is no text */
export async function react(
  amending: Amending,
  messageId: string,
  { reaction, removed = false }: { readonly reaction: string; readonly removed?: boolean },
): Promise<void> {
  requireReaction(reaction)
  const head = await targetHead(amending, messageId, false)
  await amending.composer.enqueue({ type: 'reaction', ...head, reaction, ...(removed ? { removed: true } : {}) })
}

function requireReaction(reaction: unknown): void {
  if (typeof reaction !== 'string') throw new TypeError(`A reaction must be a string, not ${typeof reaction}.`)
  if (isReactionText(reaction)) return
  throw new IMError('MESSAGE_INVALID', 'A reaction has 1 to 64 UTF-16 code units.')
}

async function targetHead({ messaging, composer }: Amending, messageId: string, own: boolean) {
  const message = await messaging.work(work => work.find(messageId))
  if (!message) throw new IMError('MESSAGE_NOT_FOUND', 'No message here has this id.', { details: { messageId } })
  if (own && message.from !== messaging.agentId) {
    throw new IMError('FORBIDDEN', 'Only the sender of a message can change it.', { details: { messageId } })
  }
  return { ...composer.head(message.conversationId), target: messageId }
}
