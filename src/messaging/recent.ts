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
  /** This client's own, by id alone. */
  readonly #sent = new Map<string, Place>()
  /** A raised capacity stays: what was needed to recognise a rebuilt server's messages. */
  #capacity = CAPACITY

  remember({ conversationId, from, id, seq }: StoredMessage, agentId: string, capacity = this.#capacity): void {
    this.#capacity = capacity
    this.#put(this.#places, nameOf(conversationId, from, id), { conversationId, seq })
    if (from === agentId) this.#put(this.#sent, id, { conversationId, seq })
  }

  /** The place of a message of this client's own. */
  findSent(id: string): Place | undefined {
    return this.#sent.get(id)
  }

  /** The place of a message by its sender and id: senders choose ids, so an id alone proves nothing. */
  find(conversationId: string, from: string, id: string): Place | undefined {
    return this.#places.get(nameOf(conversationId, from, id))
  }

  #put(places: Map<string, Place>, name: string, place: Place): void {
    places.set(name, place)
    if (places.size <= this.#capacity) return
    const [oldest = ''] = places.keys()
    places.delete(oldest)
  }
}

/** No id holds a line feed. */
function nameOf(conversationId: string, from: string, id: string): string {
  return `${conversationId}\n${from}\n${id}`
}
