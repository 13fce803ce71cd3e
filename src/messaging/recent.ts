/** A bounded memory of messages by their id: to recognise one that comes again, and to find one that was just sent. */
import type { StoredMessage } from '../model/event.ts'

/** How many messages are remembered. Older ones are found in the history. */
const CAPACITY = 2048

/** Where a message is. */
export interface Place {
  readonly conversationId: string
  readonly seq: number
}

/** Forgets the oldest first. */
export class RecentMessages {
  readonly #places = new Map<string, Place>()
  /** A raised capacity stays: what was needed to recognise a rebuilt server's messages. */
  #capacity = CAPACITY

  remember({ conversationId, from, id, seq }: StoredMessage, capacity = this.#capacity): void {
    this.#capacity = capacity
    this.#places.set(nameOf(conversationId, from, id), { conversationId, seq })
    if (this.#places.size > this.#capacity) {
      const [oldest] = this.#places.keys()
      if (oldest !== undefined) this.#places.delete(oldest)
    }
  }

  /** The place of a message by its sender and id: senders choose ids, so an id alone proves nothing. */
  find(conversationId: string, from: string, id: string): Place | undefined {
    return this.#places.get(nameOf(conversationId, from, id))
  }
}

function nameOf(conversationId: string, from: string, id: string): string {
  return JSON.stringify([conversationId, from, id])
}
