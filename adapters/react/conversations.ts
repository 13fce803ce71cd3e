/** The list of conversations, as a component sees it. Of each its last message is shown, read when it has changed. */
import type { Change, Conversation, Message } from '../../src/index.ts'
import { keep, keepList, keepMessage } from './identity.ts'
import { useStore } from './provider.ts'
import { type Loadable, type News, Store } from './store.ts'
import type { Kind } from './stores.ts'

/** A conversation with its last message, once that was read. */
export type ConversationSummary = Conversation & { readonly lastMessage?: Message }

/** What {@link useConversations} gives. */
export interface Conversations extends Loadable {
  /** The one with the newest message first. */
  readonly conversations: readonly ConversationSummary[]
}

/** So many last messages are read before the list is shown anew. */
const CHUNK = 32

class ConversationsStore extends Store<Conversations> {
  readonly #summaries = new Map<string, ConversationSummary>()

  protected override concerns({ conversations }: Change): boolean {
    return conversations.length > 0
  }

  protected override async read(news: News) {
    const ids = news.includes(undefined) ? undefined : news.flatMap(change => change?.conversations ?? [])
    const changed = await this.client.listConversations(ids ? { conversationIds: [...new Set(ids)] } : {})
    for (let from = 0; from < changed.length; from += CHUNK) {
      await this.#summarize(changed.slice(from, from + CHUNK))
      if (!ids) this.show({ isLoading: false, ...this.#list(changed) })
    }
    return this.#list(changed)
  }

  async #summarize(conversations: readonly Conversation[]): Promise<void> {
    const last = await Promise.all(
      conversations.map(({ conversationId }) => this.client.getConversationHistory({ conversationId, limit: 1 })),
    )
    for (const [index, conversation] of conversations.entries()) this.#put(conversation, last[index]?.at(-1))
  }

  #put(conversation: Conversation, message: Message | undefined): void {
    const { conversationId } = conversation
    const before = this.#summaries.get(conversationId)
    const lastMessage = message && keepMessage(before?.lastMessage, message)
    this.#summaries.set(conversationId, keep(before, { ...conversation, ...(lastMessage ? { lastMessage } : {}) }))
  }

  /** Those of which the last message is still to be read are shown without it. */
  #list(known: readonly Conversation[]) {
    const summaries = new Map<string, ConversationSummary>(known.map(one => [one.conversationId, one]))
    for (const [id, summary] of this.#summaries) summaries.set(id, summary)
    const time = ({ lastMessageAt = '' }: Conversation) => lastMessageAt
    const sorted = [...summaries.values()].sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0))
    const nameOf = ({ conversationId }: Conversation) => conversationId
    return { conversations: keepList(this.state.conversations, sorted, { nameOf }) }
  }
}

const KIND: Kind<Conversations> = {
  initial: { conversations: [], isLoading: true },
  make: client => new ConversationsStore(client, KIND.initial),
}

/** Every conversation with its last message. */
export function useConversations(): Conversations {
  return useStore(KIND)
}
