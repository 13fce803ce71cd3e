/** Watches what conversations miss: tells of it, has it fetched, and says when one is whole again. Loaded with the first gap. */
import type { Clock } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { IMClientEvents } from './events.ts'
import type { Records } from './records.ts'

/** How long an event may be overtaken by what follows it, in milliseconds: then it is missing, told and fetched. */
const OVERTAKING_MS = 1000

/** What the watch works with. */
export interface GapWatchOptions {
  readonly records: Records
  readonly clock: Clock
  readonly emitter: Emitter<IMClientEvents>
  /** Something is missing: it is to be fetched. */
  readonly onMissing: () => void
  /** A conversation misses nothing any more. */
  readonly onWhole: (conversationId: string) => void
}

/** See the head of this file. */
export class GapWatch {
  readonly #options: GapWatchOptions
  /** Conversations in which something seemed to be missing a moment ago, and what ends the wait before it counts. */
  readonly #opened = new Map<string, () => void>()
  #stopped = false

  constructor(options: GapWatchOptions) {
    this.#options = options
  }

  /**
   * What a conversation misses has changed. `opened`: nothing was missing before. Answers and the feed overtake each other:
   * what closes again within a moment was never missing.
   */
  changed(conversationId: string, opened: boolean): void {
    if (this.#stopped) return
    const cancel = this.#opened.get(conversationId)
    if (!opened && !cancel) return this.#tell(conversationId)
    if (opened) {
      cancel?.()
      this.#opened.set(conversationId, this.#tellLater(conversationId))
    }
    if (this.#gaps(conversationId).length === 0) this.#options.onWhole(conversationId)
  }

  /** Tells of nothing more. */
  stop(): void {
    this.#stopped = true
    for (const cancel of this.#opened.values()) cancel()
  }

  #tellLater(conversationId: string): () => void {
    const tell = () => {
      this.#opened.delete(conversationId)
      if (this.#gaps(conversationId).length > 0) this.#tell(conversationId)
    }
    return this.#options.clock.schedule(tell, OVERTAKING_MS)
  }

  #tell(conversationId: string): void {
    const { emitter, onMissing, onWhole } = this.#options
    const gaps = this.#gaps(conversationId)
    emitter.emit('gap', { conversationId, gaps })
    if (gaps.length === 0) onWhole(conversationId)
    else onMissing()
  }

  #gaps(conversationId: string) {
    return this.#options.records.conversations.get(conversationId)?.gaps ?? []
  }
}
