/**
 * Offers messages to handlers: one at a time in each conversation, in order, until the handlers have finished with it.
 * What was handled is a position of its own, so that a message that was stored and not handled is offered again, after
 * a restart too.
 */
import { asIMError, IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { ConversationRecord, ReaderPosition } from '../model/conversation.ts'
import { type ConversationEvent, hasExpired, isMessage, type StoredMessage } from '../model/event.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { AwaitedMessages } from './awaited-messages.ts'
import type { Handling } from './handling.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import { type MessageHandlerFunction, type Offered, OUTCOMES, offer } from './offer.ts'
import type { Outbox } from './outbox.ts'
import type { Positions } from './positions.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What the dispatcher works with. */
export interface DispatcherOptions {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly history: History
  readonly clock: Clock
  readonly positions: Positions
  readonly handling: Handling
  readonly awaited: Pick<AwaitedMessages, 'isReserved' | 'passed'>
  readonly outbox: Pick<Outbox, 'add' | 'enqueue'>
  /** Whether what has to be done about messages waits in the pending queue: a handler that has seen one has not done it. */
  readonly queue: boolean
  readonly onError: (error: IMError) => void
}

/** A stretch of a conversation that was worked off, up to `seq`, and what had to be noted before it. */
interface Stretch {
  readonly conversationId: string
  readonly after: number
  readonly seq: number
}

/** Conversations worked on at once. */
const MAX_LANES = 64
/** Offers of one message before it is set aside until a handler is registered anew. */
const MAX_ATTEMPTS = 5
/** The pause before the second offer, in milliseconds; it doubles with each. */
const RETRY_BASE_MS = 500
/** The pause before a conversation is tried again whose storage failed, in milliseconds. */
const STORAGE_RETRY_MS = 1000
/** Messages read at once for a conversation that is behind. */
const READ_AHEAD = 64

/** Runs handlers. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #handlers = new Set<MessageHandlerFunction>()
  /** Conversations that wait for their turn, and those being worked on. */
  readonly #waiting = new Set<string>()
  readonly #running = new Map<string, Promise<void>>()
  /** Conversations whose messages that were set aside are to be offered again. */
  readonly #retry = new Set<string>()
  /** Ends what is under way: a handler's signal, a pause. Each has its own: programs listen to what they are given. */
  readonly #ends = new Set<() => void>()
  #stopped = false

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  /** Whether a conversation is being worked on. */
  get isBusy(): boolean {
    return this.#running.size > 0
  }

  /** Adds a handler, and offers what nobody has handled yet. */
  add(handler: MessageHandlerFunction): () => void {
    const own: MessageHandlerFunction = (message, context) => handler(message, context)
    this.#handlers.add(own)
    this.resume()
    return () => void this.#handlers.delete(own)
  }

  /** Looks for unhandled messages in every conversation: after a start, and when a handler is added. */
  resume(): void {
    for (const {
      conversationId,
      lastSeq,
      processedSeq,
      unprocessed = [],
    } of this.#options.records.conversations.values()) {
      if (lastSeq > processedSeq || unprocessed.length > 0) this.offer(conversationId, true)
    }
  }

  /** There is something new in a conversation. */
  offer(conversationId: string, retrySetAside = false): void {
    if (!this.#isActive) return
    this.#waiting.add(conversationId)
    if (retrySetAside) this.#retry.add(conversationId)
    this.#next()
  }

  /** Offers nothing more, and resolves when the handlers that run have finished. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const end of [...this.#ends]) end()
    await Promise.all(this.#running.values())
  }

  #next(): void {
    for (const conversationId of this.#waiting) {
      if (this.#running.size >= MAX_LANES) return
      if (this.#running.has(conversationId)) continue
      this.#waiting.delete(conversationId)
      const lane = this.#lane(conversationId)
        .catch(error => this.#failed(conversationId, asIMError(error, 'Offering a message failed.')))
        .finally(() => {
          this.#running.delete(conversationId)
          this.#next()
        })
      this.#running.set(conversationId, lane)
    }
  }

  /** What could not be read or noted is tried again: nothing else might ever ask for this conversation. */
  #failed(conversationId: string, error: IMError): void {
    this.#options.onError(error)
    if (error.retryable) void this.#pause(STORAGE_RETRY_MS).then(() => this.offer(conversationId))
  }

  async #lane(conversationId: string): Promise<void> {
    if (this.#retry.delete(conversationId)) await this.#offerSetAside(conversationId)
    while (this.#isActive) {
      const record = this.#record(conversationId)
      if (!record || record.processedSeq >= readableEnd(record)) return
      const events = await historyOf(this.#options.workspace).events(conversationId, {
        after: record.processedSeq,
        before: readableEnd(record) + 1,
        limit: READ_AHEAD,
      })
      if (!(await this.#work(conversationId, events))) return
      if (events.length < READ_AHEAD) await this.#pass({ conversationId, after: 0, seq: readableEnd(record) })
    }
  }

  /** Offers events in order; says whether all were settled. Positions are stored behind the work, and awaited at its end. */
  async #work(conversationId: string, events: readonly ConversationEvent[]): Promise<boolean> {
    let stored: Promise<void> = Promise.resolve()
    let after = this.#record(conversationId)?.processedSeq ?? 0
    for (const event of events) {
      const passed = (this.#record(conversationId)?.processedSeq ?? 0) >= event.seq // since it was read: an answer that was taken
      const offered = !passed && isMessage(event) && event.from !== this.#options.agentId
      const outcome = offered ? await this.#offerUntilDone(event) : undefined
      if (outcome?.kind === 'stopped') break
      const stretch = { conversationId, after, seq: event.seq }
      stored = both(stored, offered && outcome ? this.#settle(event, stretch, outcome) : this.#pass(stretch))
      after = event.seq
    }
    await stored
    return this.#isActive
  }

  async #offerSetAside(conversationId: string): Promise<void> {
    for (const seq of this.#record(conversationId)?.unprocessed ?? []) {
      const [event] = await historyOf(this.#options.workspace).events(conversationId, { after: seq - 1, limit: 1 })
      const gone = event?.seq !== seq || !isMessage(event)
      const outcome: Offered = gone ? { kind: 'expired' } : await this.#offerUntilDone(event)
      if (outcome.kind === 'stopped') return
      if (outcome.kind !== 'set-aside') await this.#settleSetAside(conversationId, seq, outcome)
    }
  }

  /** Offers a message until it was handled, expires, was offered too often, or the client stops. */
  async #offerUntilDone(message: StoredMessage): Promise<Offered> {
    if (this.#options.awaited.isReserved(message)) return { kind: 'handled' } // by whoever asked
    for (let attempts = 1; this.#isActive; attempts++) {
      if (hasExpired(message, this.#options.clock.now())) return { kind: 'expired' }
      const outcome = await this.#offer(message, attempts)
      if (!(outcome instanceof IMError)) return outcome
      this.#options.onError(outcome)
      if (attempts === MAX_ATTEMPTS) return { kind: 'set-aside' }
      await this.#pause(RETRY_BASE_MS * 2 ** (attempts - 1))
    }
    return { kind: 'stopped' }
  }

  async #offer(message: StoredMessage, attempts: number): Promise<Offered | IMError> {
    const stop = new AbortController()
    const end = () => stop.abort()
    this.#ends.add(end)
    const offered = await offer(message, {
      attempts,
      handlers: [...this.#handlers],
      isRegistered: handler => this.#handlers.has(handler),
      signal: stop.signal,
      ...this.#options,
    })
    this.#ends.delete(end)
    return offered
  }

  /** Notes that nothing up to here is left to offer. */
  #pass(stretch: Stretch): Promise<void> {
    return this.#options.ledger.transact(transaction => this.#advance(transaction, stretch))
  }

  /** Notes what became of a message, together with what was answered. Only what nobody has had expires. */
  #settle(event: StoredMessage, stretch: Stretch, offered: Offered): Promise<void> {
    const { conversationId, seq } = stretch
    return this.#store(conversationId, offered, transaction => {
      this.#advance(transaction, stretch, offered.kind === 'set-aside')
      this.#options.awaited.passed(transaction, event)
      const wasTaken = offered.kind === 'expired' && !this.#options.positions.isUnread(transaction, stretch)
      const outcome = wasTaken ? 'failed' : OUTCOMES[offered.kind]
      return { done: seq, ...(outcome ? { outcomes: { [seq]: outcome } } : {}) }
    })
  }

  /** Notes what became of a message that was set aside before. */
  #settleSetAside(conversationId: string, seq: number, offered: Offered): Promise<void> {
    const { conversations } = this.#options.records
    return this.#store(conversationId, offered, transaction => {
      const record = transaction.get(conversations, conversationId)
      const unprocessed = (record?.unprocessed ?? []).filter(other => other !== seq)
      if (record) transaction.put(conversations, { ...record, unprocessed })
      return offered.kind === 'handled' ? { outcomes: { [seq]: 'done' } } : {}
    })
  }

  /** Stores a step together with what was answered, and with how far that brings this client. */
  async #store(
    conversationId: string,
    offered: Offered,
    step: (transaction: Transaction) => ReaderPosition,
  ): Promise<void> {
    const { ledger, positions, outbox, queue } = this.#options
    try {
      await ledger.transact(transaction => {
        const further = step(transaction)
        const neverTaken = Object.values(further.outcomes ?? {}).includes('expired') ? 1 : 0
        if (!queue) positions.move(transaction, conversationId, further, neverTaken)
        for (const answer of offered.answers ?? []) outbox.add(transaction, answer, true)
      })
    } finally {
      offered.finished?.()
    }
  }

  /** @throws IMError `STORAGE_IO` where what came before was not stored, nor what was answered to it: it comes first */
  #advance(transaction: Transaction, { conversationId, after, seq }: Stretch, setAside = false): void {
    const { conversations } = this.#options.records
    const record = transaction.get(conversations, conversationId)
    if (!record) return
    if (record.processedSeq < after) throw new IMError('STORAGE_IO', 'The message before this one was not settled.')
    const unprocessed = setAside ? [...(record.unprocessed ?? []), seq] : record.unprocessed
    const processedSeq = Math.max(record.processedSeq, seq)
    transaction.put(conversations, { ...record, processedSeq, ...(unprocessed ? { unprocessed } : {}) })
  }

  #record(conversationId: string): ConversationRecord | undefined {
    return this.#options.records.conversations.get(conversationId)
  }

  get #isActive(): boolean {
    return this.#handlers.size > 0 && !this.#stopped
  }

  /** Resolves after a time, or at once when the client stops. */
  #pause(delayMs: number): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        cancel()
        this.#ends.delete(end)
        resolve()
      }
      const cancel = this.#options.clock.schedule(end, delayMs)
      this.#ends.add(end)
      if (this.#stopped) end()
    })
  }
}

/** Resolves when both have. The first failure is kept for whoever awaits it, however much later that is. */
function both(first: Promise<void>, second: Promise<void>): Promise<void> {
  const joined = Promise.all([first, second]).then(() => {})
  joined.catch(() => {}) // it is awaited after the next handler, and must not end the process until then
  return joined
}

/** Handlers run in order, so what lies behind a hole waits until the hole is filled. */
function readableEnd({ lastSeq, gaps = [] }: ConversationRecord): number {
  return Math.min(lastSeq, (gaps[0]?.from ?? Number.POSITIVE_INFINITY) - 1)
}
