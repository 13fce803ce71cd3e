/** The indexes of the conversations that are being written to: built on first need, let go when others need the room. */

import { EventIndex } from './event-index.ts'
import type { LoggedEvent, ReadRange } from './server-log.ts'

/** Events per step while an index is built: enough to be fast, little enough to be short-lived. */
const PAGE = 1000

/** Reads a stretch of a conversation. */
export type ReadEvents = (key: string, range: ReadRange) => Promise<LoggedEvent[]>

interface Held {
  readonly index: EventIndex
  /** Its size when the total was last taken. */
  counted: number
}

/** Indexes by conversation, least recently used first, with a bound for all of them together. */
export class IndexCache {
  readonly #read: ReadEvents
  readonly #maxEvents: number
  readonly #held = new Map<string, Held>()
  #total = 0

  /** `maxEvents` bounds the sum of all sizes; the index used last is kept whatever its size. */
  constructor(read: ReadEvents, maxEvents: number) {
    this.#read = read
    this.#maxEvents = maxEvents
  }

  /** The index of a conversation, if it is here. */
  get(key: string): EventIndex | undefined {
    return this.#held.get(key)?.index
  }

  /** Builds the index of a conversation from the log. @throws IMError a storage code */
  async load(key: string): Promise<void> {
    const index = new EventIndex()
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: LoggedEvent[] = await this.#read(key, { after, before: Number.MAX_SAFE_INTEGER, limit: PAGE })
      for (const { event } of page) index.add(event)
      after = page.length < PAGE ? undefined : page.at(-1)?.event.seq
    }
    this.#held.set(key, { index, counted: 0 }) // whole: half of one would deny what the other half holds
  }

  /** Begins the index of a conversation that holds nothing yet. */
  create(key: string): EventIndex {
    const index = new EventIndex()
    this.#held.set(key, { index, counted: 0 })
    return index
  }

  /** Marks indexes as used, and lets go of the least recently used ones above the bound. */
  settle(used: Iterable<string>): void {
    for (const key of used) {
      const held = this.#held.get(key)
      if (!held) continue
      this.#total += held.index.size - held.counted
      held.counted = held.index.size
      this.#held.delete(key)
      if (held.counted > 0) this.#held.set(key, held)
    }
    for (const [key, { counted }] of this.#held) {
      if (this.#total <= this.#maxEvents || this.#held.size === 1) return
      this.#held.delete(key)
      this.#total -= counted
    }
  }
}
