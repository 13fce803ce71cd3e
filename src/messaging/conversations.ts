/** Conversations as programs see them. */
import type { Conversation, ConversationRecord } from '../model/conversation.ts'
import type { MessageHandler } from './message-handler.ts'

/** A conversation as programs see it. */
export function viewConversation({ processedSeq: _, ...record }: ConversationRecord): Conversation {
  const {
    conversationId,
    kind,
    title,
    participants,
    lastSeq,
    lastMessageAt,
    unreadCount,
    positions,
    gaps = [],
    epochBase = 0,
  } = record
  return {
    conversationId,
    kind,
    ...(title === undefined ? {} : { title }),
    participants,
    lastSeq,
    ...(lastMessageAt === undefined ? {} : { lastMessageAt }),
    unreadCount,
    positions,
    positionsAbove: epochBase,
    gaps,
  }
}

/** Which conversations to list; all by default. */
export interface ConversationQuery {
  readonly conversationIds?: readonly string[]
}

/** Conversations, the one with the newest message first. */
export function listConversations(
  { messaging }: { readonly messaging: MessageHandler },
  { conversationIds }: ConversationQuery = {},
): Conversation[] {
  const { conversations } = messaging.records
  const found = conversationIds?.flatMap(conversationId => conversations.get(conversationId) ?? [])
  const time = (conversation: Conversation) => conversation.lastMessageAt ?? ''
  return [...(found ?? conversations.values())]
    .map(viewConversation)
    .sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0))
}
