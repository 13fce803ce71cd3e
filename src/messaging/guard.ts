/**
 * The loop and storm guard: keeps agents from answering each other for ever. What it holds back is kept among the dead
 * letters, told by the `guard` event, and never dropped. A person's word to a conversation ends what it holds back there.
 */
import { asIMError, type IMError } from '../errors.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import type { StoredMessage } from '../model/event.ts'
import { isGroupId } from '../model/id.ts'
import { type DeadLetter, deadLetters, type HeldLetter } from '../storage/dead-letters.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { HeldMessage } from './events.ts'
import type { Handling } from './handling.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import type { QueuedMessage } from './queued.ts'
import type { Transaction } from './transaction.ts'

/** How much agents may say to each other by themselves. Times in milliseconds. */
export interface GuardOptions {
  /** So many messages of this agent and the other, taken together, within `windowMs`; 20. */
  readonly budget?: number
  /** 60,000 by default. */
  readonly windowMs?: number
  /** How long what is beyond the budget has to wait; 60,000 by default. */
  readonly restMs?: number
  /** How long a chain of messages may grow in which each was caused by the one before; 20. */
  readonly maxHops?: number
}

/** What the guard works with. */
export interface GuardBase {
  readonly agentId: string
  readonly workspace: Workspace
  readonly ledger: Ledger
  readonly outbox: Pick<Outbox, 'add'>
  readonly handling: Handling
  readonly clock: Clock
  /** Changes dead letters, one change after the other. */
  readonly change: (change: () => Promise<void>) => Promise<void>
  /** Whether a message of this client's own has this id, as far as is known without reading. */
  readonly isOwn: (conversationId: string, messageId: string) => boolean
  readonly onHeld: (held: HeldMessage) => void
  readonly onError: (error: IMError) => void
}

/** What this agent and one conversation have said to each other by themselves, by id, and until when that has to rest. */
interface Exchange {
  readonly said: Map<string, number>
  restUntil: number
  lastOwnAt: number
}

/** Why a message is held back, and for how long; for good where no time is given. */
interface Verdict {
  readonly rule: HeldMessage['rule']
  readonly restMs?: number
}

const DEFAULTS: Required<GuardOptions> = { budget: 20, windowMs: 60_000, restMs: 60_000, maxHops: 20 }

/** A pause before a release that failed is tried again, in milliseconds. */
const RETRY_MS = 1000

/** What comes this soon after a message that a program wrote, no person has typed; in milliseconds. */
const QUICK_MS = 1000

/** Watches what programs send by themselves. */
export class Guard {
  readonly #options: Required<GuardOptions>
  readonly #base: GuardBase
  readonly #exchanges = new Map<string, Exchange>()
  /** Conversations of which something waits for the end of a rest: what programs say there meanwhile waits behind it. */
  readonly #resting = new Set<string>()
  #lastOrder = 0
  /** What is being sent after its rest; it keeps its place if it has to rest again. */
  #released: HeldLetter | undefined
  /** Whether something was held back since it was last looked at what is. */
  #heldMore = false
  /** Messages that a person has let go. */
  readonly #exempt = new Set<string>()
  #cancelTimer = () => {}
  #stopped = false

  constructor(options: GuardOptions, base: GuardBase) {
    this.#options = { ...DEFAULTS, ...options }
    this.#base = base
  }

  /** Takes up what a former process has held back. */
  start(): Promise<void> {
    return this.#release()
  }

  /** Releases nothing more: what is held back from now on is for the next process. */
  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  /** Lets a message through that was held back, whatever the rules say: a person wants it so. */
  exempt(messageId: string): void {
    this.#exempt.add(messageId)
  }

  /** Holds a message back, if it has to be; gives whether it did. */
  intercept(transaction: Transaction, entry: QueuedMessage): boolean {
    const verdict = this.#judge(entry)
    if (!verdict) return false
    const { rule, restMs } = verdict
    const { clock, workspace } = this.#base
    const until = restMs === undefined ? {} : { until: isoTime(clock, restMs) }
    const { entry: placed, failedAt } = this.#released ?? { entry: this.#last(entry), failedAt: isoTime(clock) }
    const letter: HeldLetter = { kind: 'held', entry: placed, rule, failedAt, ...until }
    transaction.write(deadLetters(workspace.storage).put(letter, entry.id))
    transaction.after(() => this.#onHeld(entry, { rule, ...until }))
    return true
  }

  /** A message was stored: what programs say by themselves is counted, what a person says ends the rest. */
  note(message: StoredMessage): void {
    const { conversationId, from, id, auto, replyKind } = message
    if (replyKind === 'progress') return
    const own = from === this.#base.agentId
    if (own ? auto : auto || this.#isQuick(conversationId)) {
      if (!own && this.#concernsThis(message)) this.#count(conversationId, id)
      return
    }
    if (!this.#exchanges.has(conversationId) && !this.#resting.has(conversationId)) return
    this.#exchanges.set(conversationId, begin())
    if (this.#resting.has(conversationId)) this.#releaseSoon(0)
  }

  /** The entry with a place behind all that is held back: those of the outbox begin anew with each process. */
  #last(entry: QueuedMessage): QueuedMessage {
    this.#lastOrder = Math.max(this.#lastOrder + 1, entry.order)
    return { ...entry, order: this.#lastOrder }
  }

  #judge(entry: QueuedMessage): Verdict | undefined {
    const { id, conversationId, auto, hop = 0, causationId, replyKind } = entry
    if (!auto || replyKind === 'progress' || this.#exempt.has(id)) return undefined
    if (this.#base.handling.find(causationId)?.replyKind) return { rule: 'receipt' }
    if (hop > this.#options.maxHops) return { rule: 'hop' }
    const exchange = this.#exchange(conversationId)
    if (exchange.said.has(id)) return undefined // a step that is run again
    const restMs = exchange.restUntil - this.#now
    const isBehind = this.#resting.has(conversationId) && !this.#released
    if (restMs > 0 || isBehind) return { rule: 'budget', restMs: Math.max(0, restMs) }
    if (this.#spent(exchange) >= this.#options.budget) {
      exchange.said.clear()
      exchange.restUntil = this.#now + this.#options.restMs
      return { rule: 'budget', restMs: this.#options.restMs }
    }
    exchange.said.set(id, this.#now)
    exchange.lastOwnAt = this.#now
    return undefined
  }

  #count(conversationId: string, id: string): void {
    const exchange = this.#exchange(conversationId)
    exchange.said.set(id, this.#now)
    const [oldest = id] = exchange.said.keys()
    // Whoever is never answered is not counted for ever, nor a flood beyond what matters: the newest spend the budget.
    if (this.#spent(exchange) > Math.max(1, this.#options.budget)) exchange.said.delete(oldest)
  }

  /** How much was said within the window; forgets what was said before. */
  #spent({ said }: Exchange): number {
    for (const [id, at] of said) {
      if (at > this.#now - this.#options.windowMs) break
      said.delete(id)
    }
    return said.size
  }

  #isQuick(conversationId: string): boolean {
    const { lastOwnAt = Number.NEGATIVE_INFINITY } = this.#exchanges.get(conversationId) ?? {}
    return this.#now - lastOwnAt < QUICK_MS
  }

  /** In a group much is said that is no answer to this agent. */
  #concernsThis({ conversationId, causationId = '' }: StoredMessage): boolean {
    return !isGroupId(conversationId) || this.#base.isOwn(conversationId, causationId)
  }

  #exchange(conversationId: string): Exchange {
    const known = this.#exchanges.get(conversationId)
    if (known) return known
    const begun = begin()
    this.#exchanges.set(conversationId, begun)
    return begun
  }

  #onHeld({ id, conversationId }: QueuedMessage, held: Pick<HeldMessage, 'rule' | 'until'>): void {
    this.#base.onHeld({ messageId: id, conversationId, ...held })
    if (held.until === undefined) return
    this.#heldMore = true
    const first = this.#resting.size === 0
    this.#resting.add(conversationId)
    if (first) this.#releaseSoon(Date.parse(held.until) - this.#base.clock.now())
  }

  #releaseSoon(delayMs: number): void {
    this.#cancelTimer()
    if (this.#stopped) return
    this.#cancelTimer = this.#base.clock.schedule(() => void this.#release(), delayMs)
  }

  /** Sends what has rested, and waits for what has to rest on. What fails is tried again: nothing else might ever do it. */
  async #release(): Promise<void> {
    this.#cancelTimer()
    try {
      await this.#base.change(() => this.#sendRested())
      await this.#waitForNext()
    } catch (error) {
      if (this.#stopped) return
      this.#base.onError(asIMError(error, 'What was held back could not be sent.'))
      this.#releaseSoon(RETRY_MS)
    }
  }

  /** First-in first-out: each is judged anew. */
  async #sendRested(): Promise<void> {
    for (const letter of await this.#takeUp()) {
      if (this.#stopped) return
      if (this.#restMs(letter) <= 0) await this.#base.ledger.transact(transaction => this.#send(transaction, letter))
    }
  }

  #send(transaction: Transaction, letter: HeldLetter): void {
    const { outbox, workspace } = this.#base
    const { order: _, ...draft } = letter.entry
    transaction.write(deadLetters(workspace.storage).delete(draft.id))
    this.#released = letter
    try {
      outbox.add(transaction, draft, false)
    } finally {
      this.#released = undefined
    }
  }

  async #waitForNext(): Promise<void> {
    const resting = await this.#takeUp()
    this.#resting.clear()
    for (const { entry } of resting) this.#resting.add(entry.conversationId)
    if (resting.length > 0) this.#releaseSoon(Math.max(1, Math.min(...resting.map(letter => this.#restMs(letter)))))
  }

  /** What is left of a rest, by the clock that never jumps. */
  #restMs({ entry }: HeldLetter): number {
    return this.#exchange(entry.conversationId).restUntil - this.#now
  }

  /** What goes on by itself, first-in first-out. What a former process has held back rests no longer than it would here. */
  async #takeUp(): Promise<HeldLetter[]> {
    const letters = await this.#held()
    for (const { entry, until } of letters) {
      this.#lastOrder = Math.max(this.#lastOrder, entry.order)
      if (this.#resting.has(entry.conversationId)) continue
      this.#resting.add(entry.conversationId)
      const restMs = Math.min(Date.parse(until) - this.#base.clock.now(), this.#options.restMs)
      const exchange = this.#exchange(entry.conversationId)
      exchange.restUntil = Math.max(exchange.restUntil, this.#now + restMs)
    }
    return letters
  }

  /** Read anew where something was held back meanwhile: none is overlooked. */
  async #held() {
    let letters: DeadLetter[]
    do {
      this.#heldMore = false
      letters = await deadLetters(this.#base.workspace.storage).all()
    } while (this.#heldMore)
    return letters.filter(goesOn).sort((a, b) => a.entry.order - b.entry.order)
  }

  get #now(): number {
    return this.#base.clock.elapsed()
  }
}

/** Whether a letter is one that goes on by itself. */
function goesOn(letter: DeadLetter): letter is HeldLetter & { readonly until: string } {
  return letter.kind === 'held' && letter.until !== undefined
}

/** An exchange in which nothing was said. */
function begin(): Exchange {
  return { said: new Map(), restUntil: Number.NEGATIVE_INFINITY, lastOwnAt: Number.NEGATIVE_INFINITY }
}
