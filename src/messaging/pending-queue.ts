/**
 * The pending queue: messages that a digital employee still has to work on, taken under a lease. What is stored of a
 * lease says when it ends by the machine's clock; within a process it lasts by one that never jumps.
 */
import { type Clock, isoTime } from '../model/clock.ts'
import type { Outcome } from '../model/conversation.ts'
import { hasExpired } from '../model/event.ts'
import type { UuidSource } from '../model/id.ts'
import { deadLetters } from '../storage/dead-letters.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { AwaitedMessages } from './awaited-messages.ts'
import { Claim, type ClaimedMessage, type ClaimTimes, type LeasedItem, type LeaseHolder, leaseLost } from './claim.ts'
import { HandlerRun } from './handler-context.ts'
import type { Handling } from './handling.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Draft, Outbox } from './outbox.ts'
import { type Line, PendingLines, type Waiting } from './pending-lines.ts'
import { importanceRank, type PendingQuery, selectPending } from './pending-list.ts'
import type { Positions } from './positions.ts'
import { QueueReceipts, stillPending } from './queue-receipts.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What to claim. Times in milliseconds. */
export interface ClaimOptions extends Partial<ClaimTimes> {
  /** At most this many; 1 by default. */
  readonly limit?: number
  readonly conversationId?: string
  /** `conversation`: one message of a conversation at a time, in its order. `any`: whatever is next. */
  readonly order?: 'conversation' | 'any'
}

/** What the queue works with. */
export interface PendingQueueOptions {
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly history: History
  readonly clock: Clock
  readonly newToken: UuidSource
  readonly positions: Positions
  readonly awaited: Pick<AwaitedMessages, 'isReserved'>
  readonly handling: Handling
  readonly outbox: Pick<Outbox, 'add' | 'enqueue'>
}

const DEFAULT_TIMES: ClaimTimes = { leaseMs: 60_000, attemptMs: 3_600_000, renew: true }

/** Hands out work. */
export class PendingQueue implements LeaseHolder {
  readonly #options: PendingQueueOptions
  readonly #inOrder = new PendingLines()
  readonly #receipts: QueueReceipts
  /** Every message in a line of its own; made when work is first claimed in any order. */
  #inAnyOrder: PendingLines | undefined
  /** Until when the lease or the rest of an item lasts, by the clock that never jumps. */
  readonly #until = new WeakMap<PendingItem, number>()
  /** Those in somebody's hands, with whom to tell when they are no more. */
  readonly #claims = new Map<Claim, () => void>()
  #stopped = false

  constructor(options: PendingQueueOptions) {
    this.#options = options
    this.#receipts = new QueueReceipts(options, this.#inOrder)
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Takes the stored queue up. Leases that a former process renewed ended with it: only one owner works on a queue. */
  async start(): Promise<void> {
    const { ledger, records } = this.#options
    await ledger.transact(transaction => {
      for (const { lease, ...item } of records.pending.values())
        if (lease?.renewed) transaction.put(records.pending, { ...item, state: 'waiting' })
      transaction.after(() => this.#load())
    })
  }

  /** Lets go of every claim. The leases end by themselves, or when the queue is started anew. */
  stop(): void {
    this.#stopped = true
    for (const claim of [...this.#claims.keys()]) claim.end()
  }

  /** Looks at the queue without taking anything: by age of their conversations, each in its order. */
  list(query: PendingQuery = {}): PendingItem[] {
    return selectPending(this.#options.records.pending.values(), query, {
      now: this.clock.now(),
      holds: item => this.#holds(item),
      isBehindGap: item => this.#isBehindGap(item),
    })
  }

  /** In how many milliseconds something more may be claimed that has to wait now; `undefined` when nothing waits. */
  nextTurnInMs(): number | undefined {
    const now = this.clock.elapsed()
    const at = this.#inOrder.nextTurnAt(now)
    return at === undefined ? undefined : at - now
  }

  /** Takes up to `limit` items. Resolves when the leases are stored. */
  async claim({ limit = 1, conversationId, order = 'conversation', ...given }: ClaimOptions = {}): Promise<Claim[]> {
    const times = { ...DEFAULT_TIMES, ...given }
    requirePositive({ limit, leaseMs: times.leaseMs, attemptMs: times.attemptMs })
    const items = await this.#options.ledger.transact(transaction => {
      const taken: LeasedItem[] = []
      for (const line of this.#turns(order, conversationId)) {
        if (taken.length >= limit) break
        const item = this.#next(transaction, line)
        if (!item || (order === 'conversation' && this.#isBehindGap(item))) continue
        taken.push(this.#lease(transaction, item, times))
      }
      return taken
    })
    return Promise.all(items.map(item => this.#claim(item, times)))
  }

  /** Takes up a claim again that was made without renewal. @throws IMError `QUEUE_LEASE_LOST` */
  async resume(token: string): Promise<ClaimedMessage> {
    const item = [...this.#options.records.pending.values()].find(({ lease }) => lease?.token === token)
    if (!isLeased(item) || !this.#holds(item)) throw leaseLost()
    const leaseMs = (this.#until.get(item) ?? 0) - this.clock.elapsed()
    return this.#claim(item, { ...DEFAULT_TIMES, leaseMs, renew: false })
  }

  withLease(item: LeasedItem, step: (transaction: Transaction, item: LeasedItem) => void): Promise<void> {
    const { ledger, records } = this.#options
    return ledger.transact(transaction => {
      const held = transaction.get(records.pending, records.pending.name(item))
      if (!isLeased(held) || held.lease.token !== item.lease.token || !this.#holds(held)) throw leaseLost()
      step(transaction, held)
    })
  }

  contextOf({ message, attempts, signal }: Claim): HandlerRun {
    const { outbox, clock } = this.#options
    return new HandlerRun({ message, attempts, signal, handler: 'worker', outbox, clock })
  }

  complete(transaction: Transaction, item: LeasedItem, answers: readonly Draft[]): void {
    this.#remove(transaction, item)
    this.#receipts.done(transaction, item)
    for (const answer of answers) this.#options.outbox.add(transaction, answer, true)
  }

  hold(transaction: Transaction, item: LeasedItem, leaseMs: number): void {
    const until = isoTime(this.clock, leaseMs)
    this.#put(transaction, { ...item, lease: { ...item.lease, until } }, leaseMs)
  }

  giveBack(
    transaction: Transaction,
    { lease: _, ...item }: LeasedItem,
    { delayMs, error }: { delayMs: number; error: string | undefined },
  ): void {
    const rest = delayMs > 0 ? { releasedAt: isoTime(this.clock), notBefore: isoTime(this.clock, delayMs) } : {}
    const lastError = error === undefined ? {} : { lastError: error }
    this.#put(transaction, { ...item, ...rest, ...lastError, state: 'waiting' }, delayMs)
  }

  giveUp(transaction: Transaction, { lease: _, ...item }: LeasedItem, reason: string): void {
    this.#bury(transaction, item, { reason, outcome: 'failed' })
  }

  ended(claim: Claim): void {
    this.#claims.get(claim)?.()
    this.#claims.delete(claim)
  }

  /** What is in memory is put into its lines, and everything that changes it from now on. */
  #load(): void {
    const { pending } = this.#options.records
    for (const item of pending.values()) {
      this.#until.set(item, this.clock.elapsed() + remainingMs(item, this.clock.now()))
      this.#inOrder.put(this.#waiting(item, item.message.conversationId))
    }
    pending.watch((_name, before, after) => {
      if (after) this.#inOrder.put(this.#waiting(after, after.message.conversationId))
      else if (before) this.#inOrder.delete({ line: before.message.conversationId, seq: before.message.seq })
      if (!this.#inAnyOrder) return
      if (after) this.#inAnyOrder.put(this.#waiting(after))
      else if (before) this.#inAnyOrder.delete({ line: pending.name(before), seq: before.message.seq })
    })
  }

  #waiting(item: PendingItem, line?: string): Waiting {
    const name = this.#options.records.pending.name(item)
    const { message, receivedAt: since, lease } = item
    const until = this.#until.get(item)
    const times = lease ? { heldUntil: until } : { notBefore: until }
    return { name, line: line ?? name, seq: message.seq, importance: importanceRank(message), since, ...times }
  }

  #turns(order: 'conversation' | 'any', conversationId: string | undefined): Iterable<Line> {
    const now = this.clock.elapsed()
    if (order === 'any') return this.#anyOrder(conversationId).turns(now)
    return conversationId === undefined ? this.#inOrder.turns(now) : this.#inOrder.turnOf(conversationId, now)
  }

  #anyOrder(conversationId: string | undefined): PendingLines {
    const lines = conversationId === undefined ? (this.#inAnyOrder ?? new PendingLines()) : new PendingLines()
    if (lines === this.#inAnyOrder) return lines
    for (const item of this.#options.records.pending.values())
      if (conversationId === undefined || item.message.conversationId === conversationId) lines.put(this.#waiting(item))
    if (conversationId === undefined) this.#inAnyOrder = lines
    return lines
  }

  /** The first item of a line, as the group sees it that is being committed, if it may be claimed. Clears away what has expired. */
  #next(transaction: Transaction, line: Line): PendingItem | undefined {
    const now = this.clock.now()
    for (const item of stillPending(transaction, this.#options.records, line.messages())) {
      if (this.#options.awaited.isReserved(item.message)) continue // it is about to be taken out
      if (this.#holds(item)) return undefined
      if (!hasExpired(item.message, now)) return item
      const { lease: _, ...rest } = item
      const reason = `It was not begun with by ${item.message.expiresAt}, when it expired.`
      this.#bury(transaction, rest, { reason, outcome: 'expired' })
    }
    return undefined
  }

  /** Moves an item to the dead letters, and says what became of its message. */
  #bury(
    transaction: Transaction,
    item: PendingItem,
    { reason, outcome }: { readonly reason: string; readonly outcome: Outcome },
  ): void {
    const { conversationId, seq } = item.message
    const waiting: PendingItem = { ...item, state: 'waiting', lastError: reason }
    const letter = { kind: 'pending', item: waiting, reason, failedAt: isoTime(this.clock) } as const
    this.#remove(transaction, item)
    transaction.write(deadLetters(this.#options.workspace.storage).put(letter, conversationId, seq))
    this.#receipts.ended(transaction, item, outcome)
  }

  #remove(transaction: Transaction, item: PendingItem): void {
    const { pending } = this.#options.records
    transaction.delete(pending, pending.name(item))
  }

  #lease(transaction: Transaction, item: PendingItem, { leaseMs, renew }: ClaimTimes): LeasedItem {
    const { newToken } = this.#options
    const { releasedAt: _, notBefore: __, ...rest } = item
    const span = { claimedAt: isoTime(this.clock), until: isoTime(this.clock, leaseMs) }
    const lease = { token: newToken(), ...span, ...(renew ? { renewed: true } : {}) }
    const taken: LeasedItem = { ...rest, state: 'claimed', attempts: item.attempts + 1, lease }
    this.#put(transaction, taken, leaseMs)
    this.#receipts.taken(transaction, item)
    return taken
  }

  #put(transaction: Transaction, item: PendingItem, lastsMs: number): void {
    this.#until.set(item, this.clock.elapsed() + lastsMs)
    transaction.put(this.#options.records.pending, item)
  }

  async #claim(item: LeasedItem, times: ClaimTimes): Promise<Claim> {
    const claim = new Claim(await this.#options.history.view(item.message), { item, holder: this, times })
    this.#claims.set(claim, this.#options.handling.begin(claim.message))
    if (this.#stopped) claim.end() // while it was stored
    return claim
  }

  /** Whether the lease or the rest of an item lasts. */
  #holds(item: PendingItem): boolean {
    return (this.#until.get(item) ?? 0) > this.clock.elapsed()
  }

  /** Work is done in order: what lies behind a hole waits until the hole is filled. */
  #isBehindGap({ message: { conversationId, seq } }: PendingItem): boolean {
    const [gap] = this.#options.records.conversations.get(conversationId)?.gaps ?? []
    return gap !== undefined && seq > gap.from
  }
}

function isLeased(item: PendingItem | undefined): item is LeasedItem {
  return item?.lease !== undefined
}

/** What is left of a stored lease or rest. A clock that was set meanwhile makes it no longer than it was. */
function remainingMs({ lease, releasedAt, notBefore }: PendingItem, now: number): number {
  const [from, until] = lease ? [lease.claimedAt, lease.until] : [releasedAt, notBefore]
  if (from === undefined || until === undefined) return 0
  return Math.max(0, Math.min(Date.parse(until) - now, Date.parse(until) - Date.parse(from)))
}

function requirePositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0)) throw new TypeError(`${name} must be a number above 0, not ${String(value)}.`)
  }
}
