/** What waits in a workspace for somebody to take it. Looks only: nothing is claimed, and nothing counts as read. */
import type { Conversation, IMClient, Message } from '../../src/index.ts'

/** What a look has found. */
export interface Found {
  /** The messages that somebody could take now, the oldest first. */
  readonly messages: readonly Message[]
  /** In how many milliseconds to look again, where time alone may free something; `undefined` where only a message can. */
  readonly dueInMs: number | undefined
}

/** Where to look. */
export interface Place {
  readonly client: IMClient
  /** Only there; everywhere by default. */
  readonly conversationId?: string | undefined
}

/** How often to look at work that is held: it is free when its worker gives it back, too, of which nobody is told. */
const HELD_MS = 500

/**
 * Looks. With a pending queue: what `claimMessages` could give out. Without: messages of others that were not read.
 */
export async function lookForWaiting(place: Place): Promise<Found> {
  const { queue, agentId } = await place.client.stats()
  return queue ? pending(place) : { messages: await unread(place, agentId), dueInMs: undefined }
}

async function unread({ client, conversationId }: Place, agentId: string): Promise<Message[]> {
  const found: Message[] = []
  for (const conversation of await conversationsOf(client, conversationId)) {
    if (conversation.unreadCount === 0) continue
    const after = conversation.positions[agentId]?.read ?? 0
    const page = { conversationId: conversation.conversationId, after, limit: Number.MAX_SAFE_INTEGER }
    const messages = await client.getConversationHistory(page)
    found.push(...messages.filter(({ from }) => from !== agentId))
  }
  const time = ({ acceptedAt, sentAt }: Message) => acceptedAt ?? sentAt
  return found.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0)) // stable: each conversation keeps its order
}

async function pending({ client, conversationId }: Place): Promise<Found> {
  const within = conversationId === undefined ? {} : { conversationId }
  const messages = await client.getPendingMessages({ ...within, claimable: true })
  const isHeld = messages.length === 0 && (await client.getPendingMessages(within)).length > 0
  return { messages, dueInMs: isHeld ? HELD_MS : undefined }
}

async function conversationsOf(client: IMClient, conversationId: string | undefined): Promise<Conversation[]> {
  const conversations = await client.listConversations()
  return conversations.filter(other => conversationId === undefined || other.conversationId === conversationId)
}
