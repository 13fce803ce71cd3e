/** Conversations as programs see them. */
import type { Conversation, ConversationRecord } from '../model/conversation.ts'
import { deadLetters } from '../storage/dead-letters.ts'
import type { Workspace } from '../storage/workspace.ts'
import { newConversation, type Records } from './records.ts'

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

/** What a list of conversations is made of. */
export interface ConversationPlaces {
  readonly agentId: string
  readonly workspace: Workspace
  readonly messaging: { readonly records: Records }
}

/**
 * Conversations, the one with the newest message first. Among them are those that only this client knows of: of whose
 * messages the server has accepted none, because they wait, or were refused or held back.
 */
export async function listConversations(
  places: ConversationPlaces,
  { conversationIds }: ConversationQuery = {},
): Promise<Conversation[]> {
  const { conversations } = places.messaging.records
  const asked = conversationIds && new Set(conversationIds)
  const isKnown = asked && [...asked].every(id => conversations.get(id))
  const begun = isKnown ? [] : await begunHere(places)
  const known = asked ? [...asked].flatMap(id => conversations.get(id) ?? []) : [...conversations.values()]
  const time = (conversation: Conversation) => conversation.lastMessageAt ?? ''
  return [...known, ...begun.filter(({ conversationId }) => asked?.has(conversationId) ?? true)]
    .map(viewConversation)
    .sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0))
}

/**
 * Conversations without a record, as the messages that were written in them tell. One that turns from waiting to refused,
 * or back, while the refused ones are read is found where it was or where it is.
 */
async function begunHere({ agentId, workspace, messaging }: ConversationPlaces): Promise<ConversationRecord[]> {
  const { conversations, outbox } = messaging.records
  const waiting = [...outbox.values()]
  const letters = await deadLetters(workspace.storage).all()
  const given = letters.flatMap(letter => (letter.kind === 'pending' ? [] : letter.entry))
  const begun = new Map<string, ConversationRecord>()
  for (const { type, conversationId, sentAt } of [...waiting, ...given, ...outbox.values()]) {
    if (type !== 'message' || conversations.get(conversationId)) continue
    const lastMessageAt = [begun.get(conversationId)?.lastMessageAt ?? '', sentAt].sort().at(-1)
    begun.set(conversationId, { ...newConversation(conversationId, agentId), lastMessageAt })
  }
  return [...begun.values()]
}
