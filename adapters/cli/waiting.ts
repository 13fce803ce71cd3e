/** What waits in a workspace for somebody to take it. Looks only: nothing is claimed, and nothing counts as read. */
import type { Conversation, IMClient, Message, StorageAdapter } from '../../src/index.ts'
import { heldForMs, type PendingEntry } from './pending-entry.ts'

/** What a look has found. */
export interface Found {
  /** The messages that somebody could take now, the oldest first. */
  readonly messages: readonly Message[]
  /** In how many milliseconds something can be taken that is held now; `undefined` where only a message changes that. */
  readonly dueInMs: number | undefined
}

/** Where to look. */
export interface Place {
  readonly client: IMClient
  /** The client's storage, open. */
  readonly storage: StorageAdapter
  /** Only there; everywhere by default. */
  readonly conversationId?: string | undefined
}

/**
 * Looks. With a pending queue: its messages that nobody has claimed, but for those that wait behind others of their
 * conversation, as `claimMessages` gives none of these. Without: messages of others that were not read.
 */
export async function lookForWaiting(place: Place): Promise<Found> {
  const settings = (await place.storage.get(['config', 'settings'])) as { readonly queue?: boolean } | undefined
  return settings?.queue ? pending(place) : { messages: await unread(place), dueInMs: undefined }
}

async function unread({ client, conversationId }: Place): Promise<Message[]> {
  const { agentId } = await client.stats()
  const found: Message[] = []
  for (const conversation of await conversationsOf(client, conversationId)) {
    if (conversation.unreadCount === 0) continue
    const after = conversation.positions[agentId]?.read ?? 0
    const page = { conversationId: conversation.conversationId, after, limit: Number.MAX_SAFE_INTEGER }
    const messages = await client.getConversationHistory(page)
    for (const message of messages) if (message.from !== agentId) found.push(message)
  }
  const time = ({ acceptedAt, sentAt }: Message) => acceptedAt ?? sentAt
  return found.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0)) // stable: each conversation keeps its order
}

async function pending({ client, storage, conversationId }: Place): Promise<Found> {
  const messages = await client.getPendingMessages(conversationId === undefined ? {} : { conversationId })
  const lines = linesOf(await storage.list(conversationId === undefined ? ['pending'] : ['pending', conversationId]))
  const now = Date.now()
  const ready = new Set<string>()
  let dueInMs: number | undefined
  for (const conversation of await conversationsOf(client, conversationId)) {
    const [first, ...others] = lines.get(conversation.conversationId) ?? []
    if (!first || isBehindGap(first, conversation)) continue
    const heldMs = heldForMs(first, now)
    if (heldMs > 0) dueInMs = Math.min(dueInMs ?? heldMs, heldMs)
    else for (const entry of [first, ...others]) if (heldForMs(entry, now) === 0) ready.add(nameOf(entry.message))
  }
  return { messages: messages.filter(message => ready.has(nameOf(message))), dueInMs }
}

/** Pending work by conversation, each in its order: that of the keys. */
function linesOf(entries: Awaited<ReturnType<StorageAdapter['list']>>): Map<string, PendingEntry[]> {
  const lines = new Map<string, PendingEntry[]>()
  for (const { value } of entries) {
    const entry = value as unknown as PendingEntry
    const { conversationId } = entry.message
    const line = lines.get(conversationId)
    if (line) line.push(entry)
    else lines.set(conversationId, [entry])
  }
  return lines
}

function nameOf({ conversationId, seq }: Pick<Message, 'conversationId' | 'seq'>): string {
  return JSON.stringify([conversationId, seq])
}

/** Work is done in order: what lies behind a hole waits until the hole is filled. */
function isBehindGap({ message }: PendingEntry, { gaps: [gap] }: Conversation): boolean {
  return gap !== undefined && message.seq > gap.from
}

async function conversationsOf(client: IMClient, conversationId: string | undefined): Promise<Conversation[]> {
  const conversations = await client.listConversations()
  return conversations.filter(other => conversationId === undefined || other.conversationId === conversationId)
}
