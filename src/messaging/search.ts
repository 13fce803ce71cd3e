/** Search in the stored messages: by reading them, so that no index has to be kept true, in bounded memory. */
import { isMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { History } from './history.ts'
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

/** The messages that contain every word, newest first. Case, accents and character width make no difference. */
export async function searchMessages(
  { text, conversationId, limit = DEFAULT_LIMIT }: SearchQuery,
  { workspace, records, history }: { workspace: Workspace; records: Records; history: History },
): Promise<Message[]> {
  const words = fold(text).split(/\s+/u).filter(Boolean)
  if (words.length === 0) return []
  const conversations =
    conversationId === undefined ? [...records.conversations.values()].map(r => r.conversationId) : [conversationId]
  const found: Message[] = []
  for (const id of conversations) {
    let count = 0
    for await (const events of workspace.history.pages(id)) {
      const hits = events.filter(event => isMessage(event)).filter(({ text }) => containsAll(fold(text), words))
      for (const hit of hits.reverse().slice(0, limit - count)) found.push(await history.view(hit))
      count += hits.length
      if (count >= limit) break
    }
  }
  return found.sort((a, b) => compare(b.acceptedAt ?? '', a.acceptedAt ?? '')).slice(0, limit)
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
