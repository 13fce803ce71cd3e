/** Groups: made and changed at the server, so these need a connection. */
import type { Conversation } from '../model/conversation.ts'
import { requireId } from '../model/id.ts'
import { viewConversation } from './conversations.ts'
import type { MessageHandler } from './message-handler.ts'

/** A group to be made. The one who makes it is a member. */
export interface NewGroup {
  readonly title?: string
  readonly members: readonly string[]
  /** An id of your own, the same for every attempt to make the same group: it is made once. */
  readonly id?: string
}

/** A change of a group. */
export interface GroupChange {
  readonly title?: string
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

/**
 * Makes a group. Resolves when the server has made it; its first event follows in the feed.
 * @throws IMError `ID_INVALID`, `NOT_CONNECTED`, a connection code, the server's refusal
 */
export async function createGroup(
  messaging: MessageHandler,
  { title, members, id }: NewGroup & { readonly id: string },
): Promise<Conversation> {
  for (const member of members) requireId(member, 'account')
  const params = { id, members: [...members], ...(title === undefined ? {} : { title }) }
  const { conversation } = await messaging.sessions.session.request('group.create', params)
  const { conversationId, participants, positions, kind } = conversation
  const known = messaging.records.conversations.get(conversationId)
  if (known) return viewConversation(known)
  return {
    conversationId,
    kind,
    participants,
    positions,
    lastSeq: 0,
    unreadCount: 0,
    positionsAbove: 0,
    gaps: [],
    ...(title === undefined ? {} : { title }),
  }
}

/** @throws IMError `CONVERSATION_NOT_FOUND`, `NOT_CONNECTED`, a connection code, the server's refusal */
export async function updateGroup(
  messaging: MessageHandler,
  conversationId: string,
  { title, add, remove, id }: GroupChange & { readonly id: string },
): Promise<void> {
  const params = { id, conversationId, title, add: add && [...add], remove: remove && [...remove] }
  await messaging.sessions.session.request('group.update', params)
}
