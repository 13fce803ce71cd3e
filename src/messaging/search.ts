/** Search in the stored messages: by reading them, so that no index has to be kept true, in bounded memory. */
import { isMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { History } from './history.ts'
import { nameOf } from './recent.ts'
import type { Records } from './records.ts'

/** What to look for. */
export interface SearchQuery {
  /** Words, all of which a message must contain, in any order and as parts of words: this finds Chinese as well. */
  readonly text: string
  /** In this conversation only. */
  readonly conversationId?: string
  /** At most this many messages; 50 by default. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 50

/** What searching works with. */
export interface Searching {
  readonly workspace: Workspace
  readonly records: Records
  readonly history: History
}

/**
 * The messages that contain every word, newest first: as the history shows them, edited, deleted or still to be sent.
 * Case, accents and character width make no difference.
 */
export async function searchMessages(
  { text, conversationId, limit = DEFAULT_LIMIT }: SearchQuery,
  searching: Searching,
): Promise<Message[]> {
  const words = fold(text).split(/\s+/u).filter(Boolean)
  if (words.length === 0) return []
  const { conversations, outbox } = searching.records
  const all = [...conversations.values(), ...outbox.values()].map(({ conversationId }) => conversationId)
  const found: Message[] = []
  for (const id of conversationId === undefined ? new Set(all) : [conversationId]) {
    const hits = new Map<string, Message>() // by id: a message may be accepted meanwhile
    for await (const message of newestFirst(id, searching, ({ text }) => containsAll(fold(text), words))) {
      if (hits.size >= limit) break
      hits.set(nameOf(message), message)
    }
    for (const hit of hits.values()) found.push(hit)
  }
  return found.sort((a, b) => compare(timeOf(b), timeOf(a))).slice(0, limit)
}

/** Messages of a conversation that match. Only one that was amended is shown before it is known to match. */
async function* newestFirst(
  conversationId: string,
  { workspace, records, history }: Searching,
  matches: (message: { readonly text: string }) => boolean,
): AsyncGenerator<Message> {
  yield* (await history.queued(conversationId)).reverse().filter(matches)
  for await (const events of historyOf(workspace).pages(conversationId)) {
    const { amended } = records.conversations.get(conversationId) ?? {}
    const targets = amended ? await (await history.amendments()).targets(conversationId) : undefined
    for (const message of events.filter(isMessage).reverse()) {
      const isAmended = targets?.has(message.id)
      if (!isAmended && !matches(message)) continue
      const view = await history.view(message)
      if (!isAmended || matches(view)) yield view
    }
  }
}

function timeOf({ acceptedAt, sentAt }: Message): string {
  return acceptedAt ?? sentAt
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every(word => text.includes(word))
}

/** Unicode's compatibility decomposition, without marks, in lower case. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
