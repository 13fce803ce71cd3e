/** The list of conversations, as a component sees it. Of each its last message is shown, read when it has changed. */
import type { Change, Conversation, Message } from '../../src/index.ts'
import { keepList } from './identity.ts'
import { useStore } from './provider.ts'
import { type Loadable, type News, Store } from './store.ts'
import type { Kind } from './stores.ts'

/** A conversation with its last message. */
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
      if (!ids) this.show(this.#list())
    }
    return this.#list()
  }

  async #summarize(conversations: readonly Conversation[]): Promise<void> {
    const read = ({ conversationId }: Conversation) => this.client.getConversationHistory({ conversationId, limit: 1 })
    const last = await Promise.all(conversations.map(read))
    for (const [index, conversation] of conversations.entries()) {
      const lastMessage = last[index]?.at(-1)
      const summary = lastMessage ? { ...conversation, lastMessage } : conversation
      this.#summaries.set(conversation.conversationId, summary)
    }
  }

  #list() {
    const time = ({ lastMessageAt = '' }: Conversation) => lastMessageAt
    const sorted = [...this.#summaries.values()].sort((a, b) => time(b).localeCompare(time(a)))
    return { conversations: keepList(this.state.conversations, sorted, ({ conversationId }) => conversationId) }
  }
}

const KIND: Kind<Conversations> = { initial: { conversations: [], isLoading: true }, Store: ConversationsStore }

/** Every conversation with its last message. */
export function useConversations(): Conversations {
  return useStore(KIND)
}
