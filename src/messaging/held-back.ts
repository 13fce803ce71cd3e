/**
 * What the server has refused for the moment, and what has to wait behind it. Each conversation is held back by itself.
 * Loaded with the first refusal.
 *
 *     flowing ──refused──▶ held back ──all came back──▶ resting ──time is over──▶ trying its first entry alone
 *        ▲                     ▲                                                      │               │
 *        │                     └───────────────────────refused────────────────────────┘               │
 *        └───────────────────────────────────────came through─────────────────────────────────────────┘
 *
 * One entry alone: if the reason is still there, it is told once, and not to everything that the window takes.
 */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { OutboxEntry } from '../storage/schema.ts'

/** What is needed of the sender. */
export interface HeldBackOptions {
  readonly clock: Clock
  /** Stores that an entry was refused for good. */
  readonly onRefused: (entry: OutboxEntry, error: IMError) => Promise<void>
  /** There may be something to send. */
  readonly onRested: () => void
}

/** A conversation that does not flow. */
interface Lane {
  readonly state: 'held back' | 'resting' | 'trying'
  /** How long to rest once everything has come back, in milliseconds. */
  readonly restMs: number
  /** What was refused, and what has come behind it; in order while the first is tried. */
  readonly entries: OutboxEntry[]
  readonly cancelRest?: () => void
}

/** A rest after an answer that asks to come back and does not say when, in milliseconds. */
const DEFAULT_REST_MS = 1000

/** Refusals that say nothing about other conversations. */
const OF_ONE_CONVERSATION: readonly string[] = ['QUEUE_FULL', 'MESSAGE_OUT_OF_ORDER']

/** Holds back what was refused on one session, and gives it back in its order. */
export class HeldBack {
  readonly #options: HeldBackOptions
  readonly #lanes = new Map<string, Lane>()
  /** What may be sent again, the last first. It stands before everything of its conversation that was never sent. */
  #returning: OutboxEntry[] = []
  /** Ends the rest of the whole session. */
  #cancelRest: (() => void) | undefined
  #stopped = false

  constructor(options: HeldBackOptions) {
    this.#options = options
  }

  /** Whether the server asked for a pause that concerns every conversation. */
  get holdsEverything(): boolean {
    return this.#cancelRest !== undefined
  }

  /** The next entry that may be sent again. */
  next(): OutboxEntry | undefined {
    return this.#returning.pop()
  }

  /** Keeps an entry that has to wait behind others of its conversation. */
  takes(entry: OutboxEntry): boolean {
    const lane = this.#lanes.get(entry.conversationId)
    const first = lane?.entries[0]
    if (!first || first.order > entry.order) return false // not held back, or the one that is tried
    lane.entries.push(entry)
    return true
  }

  /**
   * Holds an entry back that may succeed later, and puts one aside that cannot.
   * @throws what ends the session: the entry may have been accepted, or cannot be stored
   */
  async refused(entry: OutboxEntry, error: unknown): Promise<void> {
    if (!(error instanceof IMError)) throw error
    const { code, retryAfterMs = DEFAULT_REST_MS } = error
    if (code === 'CONNECTION_TIMEOUT' || code.startsWith('STORAGE_')) throw error
    if (!error.retryable) return this.#options.onRefused(entry, error)
    this.#hold(entry, error)
    if (!OF_ONE_CONVERSATION.includes(code)) this.#restAltogether(retryAfterMs)
  }

  /** Nothing of a conversation is under way any more: it rests, or flows again if the first came through. */
  settle(conversationId: string): void {
    if (this.#stopped) return
    const lane = this.#lanes.get(conversationId)
    if (lane?.state === 'held back' && lane.restMs > 0) this.#rest(conversationId, lane)
    else if (lane?.state === 'held back') this.#try(conversationId, lane)
    else if (lane?.state === 'trying') this.#flow(conversationId, lane)
  }

  stop(): void {
    this.#stopped = true
    this.#cancelRest?.()
    for (const { cancelRest } of this.#lanes.values()) cancelRest?.()
  }

  #hold(entry: OutboxEntry, error: IMError): void {
    const lane = this.#lanes.get(entry.conversationId)
    const entries = lane?.entries ?? []
    entries.push(entry)
    this.#lanes.set(entry.conversationId, { state: 'held back', restMs: restAfter(error, lane), entries })
  }

  #rest(conversationId: string, lane: Lane): void {
    const cancelRest = this.#options.clock.schedule(() => this.#try(conversationId, lane), lane.restMs)
    this.#lanes.set(conversationId, { ...lane, state: 'resting', cancelRest })
  }

  #try(conversationId: string, { entries, restMs }: Lane): void {
    this.#return(entries.sort(byOrder).splice(0, 1))
    this.#lanes.set(conversationId, { state: 'trying', restMs, entries })
    this.#options.onRested()
  }

  #flow(conversationId: string, { entries }: Lane): void {
    this.#lanes.delete(conversationId)
    this.#return(entries)
  }

  #return(entries: readonly OutboxEntry[]): void {
    this.#returning = [...this.#returning, ...entries].sort((a, b) => byOrder(b, a))
  }

  #restAltogether(restMs: number): void {
    this.#cancelRest?.()
    this.#cancelRest = this.#options.clock.schedule(() => {
      this.#cancelRest = undefined
      this.#options.onRested()
    }, restMs)
  }
}

/**
 * How long a conversation rests after a refusal. What follows a refused one is refused with it: that one knows when to come
 * back, and if it never will, there is nothing to wait for.
 */
function restAfter({ code, retryAfterMs = DEFAULT_REST_MS }: IMError, lane: Lane | undefined): number {
  if (code !== 'MESSAGE_OUT_OF_ORDER' || lane?.state === 'trying') return retryAfterMs // the one that is tried follows none
  return lane?.restMs ?? 0
}

function byOrder(a: OutboxEntry, b: OutboxEntry): number {
  return a.order - b.order
}
