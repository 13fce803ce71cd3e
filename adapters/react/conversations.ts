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

  /** Of a conversation that only this client knows of the message may be thrown away, and it with that. */
  protected override concerns({ conversations, deadLetters }: Change): boolean {
    return deadLetters || conversations.length > 0
  }

  protected override async read(news: News) {
    const isAll = news.some(change => change?.deadLetters ?? true)
    const ids = isAll ? undefined : news.flatMap(change => change?.conversations ?? [])
    const changed = await this.client.listConversations(ids && { conversationIds: ids })
    for (const id of ids ?? this.#summaries.keys()) this.#summaries.delete(id)
    for (let from = 0; from < changed.length; from += CHUNK) {
      await Promise.all(changed.slice(from, from + CHUNK).map(conversation => this.#summarize(conversation)))
      if (this.state.isLoading) this.show(this.#list())
    }
    return this.#list()
  }

  async #summarize(conversation: Conversation): Promise<void> {
    const { conversationId } = conversation
    const lastMessage = (await this.client.getConversationHistory({ conversationId, limit: 1 })).at(-1)
    this.#summaries.set(conversationId, lastMessage ? { ...conversation, lastMessage } : conversation)
  }

  #list() {
    const sorted = [...this.#summaries.values()].sort((a, b) => time(b).localeCompare(time(a)))
    return { conversations: keepList(this.state.conversations, sorted, ({ conversationId }) => conversationId) }
  }
}

function time({ lastMessageAt = '' }: Conversation): string {
  return lastMessageAt
}

const KIND: Kind<Conversations> = { initial: { conversations: [], isLoading: true }, Store: ConversationsStore }

/** Every conversation with its last message. */
export function useConversations(): Conversations {
  return useStore(KIND)
}
