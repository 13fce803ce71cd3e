/** A bounded memory of messages by their id: to recognise one that comes again, and to find one that was just sent. */
import type { StoredMessage } from '../model/event.ts'

/** How many messages are remembered. Older ones are found in the history. */
const CAPACITY = 2048

/** How many of this client's own are kept whole: whoever waits for one that was just sent needs no file. */
const KEPT = 256

/** Where a message is. */
export interface Place {
  readonly conversationId: string
  readonly seq: number
}

/** Forgets the oldest first. */
export class RecentMessages {
  readonly #places = new Map<string, Place>()
  /** This client's own, by id alone. */
  readonly #kept = new Map<string, StoredMessage>()
  /** A raised capacity stays: what was needed to recognise a rebuilt server's messages. */
  #capacity = CAPACITY

  remember(message: StoredMessage, agentId: string, capacity = this.#capacity): void {
    const { conversationId, from, id, seq } = message
    this.#capacity = capacity
    put(this.#places, nameOf(conversationId, from, id), { conversationId, seq }, capacity)
    if (from === agentId) put(this.#kept, id, message, KEPT)
  }

  /** A message of this client's own that was stored a short while ago. */
  kept(id: string): StoredMessage | undefined {
    return this.#kept.get(id)
  }

  /** The place of a message by its sender and id: senders choose ids, so an id alone proves nothing. */
  find(conversationId: string, from: string, id: string): Place | undefined {
    return this.#places.get(nameOf(conversationId, from, id))
  }
}

function put<T>(map: Map<string, T>, name: string, value: T, capacity: number): void {
  map.set(name, value)
  if (map.size <= capacity) return
  const [oldest = ''] = map.keys()
  map.delete(oldest)
}

/** No id holds a line feed. */
function nameOf(conversationId: string, from: string, id: string): string {
  return `${conversationId}\n${from}\n${id}`
}
