/** A bounded memory of messages by their id: to recognise one that comes again, and to find one that was just sent. */
import type { ConversationEvent, StoredMessage } from '../model/event.ts'

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
  /**
   * Names and numbers of all events that a conversation held when a server began to number it anew: read before the first that comes
   * under the new numbers, and never forgotten, since a rebuilt server may know any of them.
   */
  readonly former = new Map<string, ReadonlyMap<string, number>>()
  readonly #places = new Map<string, Place>()
  /** This client's own, by id alone. */
  readonly #kept = new Map<string, StoredMessage>()
  readonly #capacity: number

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  remember(message: StoredMessage, agentId: string): void {
    const { conversationId, from, id, seq } = message
    put(this.#places, nameOf(message), { conversationId, seq }, this.#capacity)
    if (from === agentId) put(this.#kept, id, message, KEPT)
  }

  /** The other number under which an event is stored here, if it is. */
  storedAs(event: ConversationEvent): number | undefined {
    const name = nameOf(event)
    const seq = this.#places.get(name)?.seq ?? this.former.get(event.conversationId)?.get(name)
    return seq === event.seq ? undefined : seq
  }

  /** A message of this client's own that was stored a short while ago. */
  kept(id: string): StoredMessage | undefined {
    return this.#kept.get(id)
  }

  /** The place of a message by its sender and id: senders choose ids, so an id alone proves nothing. */
  find(conversationId: string, from: string, id: string): Place | undefined {
    return this.#places.get(nameOf({ conversationId, from, id }))
  }
}

function put<T>(map: Map<string, T>, name: string, value: T, capacity: number): void {
  map.set(name, value)
  if (map.size <= capacity) return
  const [oldest = ''] = map.keys()
  map.delete(oldest)
}

/** What tells an event from every other, whatever its number. No id holds a line feed. */
export function nameOf({
  conversationId,
  from,
  id,
}: Pick<ConversationEvent, 'conversationId' | 'from' | 'id'>): string {
  return `${conversationId}\n${from}\n${id}`
}
