/** The pending queue: messages that a digital employee still has to work on, taken under a lease. */
import { IMError } from '../errors.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import type { UuidSource } from '../model/id.ts'
import type { Message } from '../model/message.ts'
import { type DeadLetter, deadLetters } from '../storage/dead-letters.ts'
import type { PendingItem } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What to claim. */
export interface ClaimOptions {
  /** At most this many; 1 by default. */
  readonly limit?: number
  /** How long the claim holds unless it is extended, in milliseconds; 60,000 by default. */
  readonly leaseMs?: number
  readonly conversationId?: string
}

/** A message that this worker alone may work on, for as long as its lease holds. */
export interface ClaimedMessage {
  readonly message: Message
  /** How often it was claimed, this time included. */
  readonly attempts: number
  /** The work is done: the item leaves the queue. @throws IMError `QUEUE_LEASE_LOST` */
  complete(): Promise<void>
  /** Gives it back, to be claimed again after `delayMs`. @throws IMError `QUEUE_LEASE_LOST` */
  release(options?: { readonly delayMs?: number; readonly error?: string }): Promise<void>
  /** Gives it up: it goes to the dead letters, with the reason. @throws IMError `QUEUE_LEASE_LOST` */
  fail(reason: string): Promise<void>
  /** Holds it for another `leaseMs` from now. @throws IMError `QUEUE_LEASE_LOST` */
  extend(leaseMs?: number): Promise<void>
}

/** What the queue works with. */
export interface PendingQueueOptions {
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly history: History
  readonly clock: Clock
  readonly newToken: UuidSource
  /** An item was claimed: its message is read. */
  readonly onTaken: (item: PendingItem) => void
}

type LeasedItem = PendingItem & { readonly lease: NonNullable<PendingItem['lease']> }

const DEFAULT_LEASE_MS = 60_000

/** Hands out work. */
export class PendingQueue {
  readonly #options: PendingQueueOptions

  constructor(options: PendingQueueOptions) {
    this.#options = options
  }

  /** Forgets the leases of a process that is gone: only one owner works on a queue, and it has just started. */
  async start(): Promise<void> {
    const { ledger, records } = this.#options
    const claimed = [...records.pending.values()].filter(item => item.lease)
    if (claimed.length === 0) return
    await ledger.transact(transaction => {
      for (const { lease: _, ...item } of claimed) transaction.put(records.pending, { ...item, state: 'waiting' })
    })
  }

  /** Looks at the queue without taking anything, oldest first in each conversation. */
  list(): Promise<Message[]> {
    return Promise.all(this.#items().map(({ message }) => this.#options.history.view(message)))
  }

  /** When the first item that waits for its time can be claimed; `undefined` when none waits. */
  nextDueAt(): number | undefined {
    const times = this.#items().flatMap(({ notBefore, lease }) =>
      [notBefore, lease?.until].filter(time => time !== undefined),
    )
    const due = times.map(time => Date.parse(time)).filter(time => time > this.#options.clock.now())
    return due.length > 0 ? Math.min(...due) : undefined
  }

  /** Takes up to `limit` items: one of each conversation, its oldest. Resolves when the leases are stored. */
  async claim({ limit = 1, leaseMs = DEFAULT_LEASE_MS, conversationId }: ClaimOptions = {}): Promise<ClaimedMessage[]> {
    const { ledger, records, clock, newToken, onTaken } = this.#options
    const claims = await ledger.transact(transaction => {
      const claimed: LeasedItem[] = []
      const busy = new Set<string>()
      for (const listed of this.#items()) {
        if (this.#isBehindGap(listed)) continue
        const item = transaction.get(records.pending, records.pending.name(listed))
        const conversation = listed.message.conversationId
        if (!item || busy.has(conversation)) continue
        busy.add(conversation) // in order: what stands first in a conversation holds back what follows
        const wanted = conversationId === undefined || conversation === conversationId
        if (claimed.length >= limit || !wanted || !isDue(item, clock.now())) continue
        const lease = { token: newToken(), until: isoTime(clock, leaseMs) }
        const taken: LeasedItem = { ...item, state: 'claimed', attempts: item.attempts + 1, lease }
        transaction.put(records.pending, taken)
        transaction.after(() => onTaken(taken))
        claimed.push(taken)
      }
      return claimed
    })
    return Promise.all(claims.map(item => this.#claim(item, leaseMs)))
  }

  async #claim(item: LeasedItem, leaseMs: number): Promise<ClaimedMessage> {
    const { clock, records, workspace, history } = this.#options
    const { token } = item.lease
    const name = records.pending.name(item)
    const waiting = (notBefore: string | undefined, lastError: string | undefined): PendingItem => {
      const { lease: _, ...rest } = item
      return { ...rest, state: 'waiting', notBefore, lastError }
    }
    return {
      message: await history.view(item.message),
      attempts: item.attempts,
      complete: () => this.#withLease(name, token, transaction => transaction.delete(records.pending, name)),
      release: async ({ delayMs = 0, error } = {}) => {
        const lastError = error === undefined ? undefined : requireReason(error)
        await this.#withLease(name, token, transaction =>
          transaction.put(records.pending, waiting(isoTime(clock, delayMs), lastError)),
        )
      },
      fail: async given => {
        const reason = requireReason(given)
        await this.#withLease(name, token, transaction => {
          const item = waiting(undefined, reason)
          const letter: DeadLetter = { kind: 'pending', item, reason, failedAt: isoTime(clock) }
          transaction.delete(records.pending, name)
          transaction.write(deadLetters(workspace.storage).put(letter, item.message.conversationId, item.message.seq))
        })
      },
      extend: (ms = leaseMs) =>
        this.#withLease(name, token, (transaction, held) => {
          transaction.put(records.pending, { ...held, lease: { token, until: isoTime(clock, ms) } })
        }),
    }
  }

  #withLease(name: string, token: string, step: (transaction: Transaction, item: PendingItem) => void): Promise<void> {
    const { ledger, records, clock } = this.#options
    return ledger.transact(transaction => {
      const item = transaction.get(records.pending, name)
      const held = item?.lease?.token === token && Date.parse(item.lease.until) > clock.now()
      if (!item || !held) throw new IMError('QUEUE_LEASE_LOST', 'The lease on this message does not hold any more.')
      step(transaction, item)
    })
  }

  #items(): PendingItem[] {
    const items = [...this.#options.records.pending.values()].sort((a, b) => a.message.seq - b.message.seq)
    const since = new Map<string, string>()
    for (const { message, receivedAt } of items) {
      if (!since.has(message.conversationId)) since.set(message.conversationId, receivedAt)
    }
    const age = ({ message }: PendingItem) => since.get(message.conversationId) ?? ''
    return items.sort((a, b) => compare(age(a), age(b)))
  }

  /** Work is done in order: what lies behind a hole waits until the hole is filled. */
  #isBehindGap({ message: { conversationId, seq } }: PendingItem): boolean {
    const [gap] = this.#options.records.conversations.get(conversationId)?.gaps ?? []
    return gap !== undefined && seq > gap.from
  }
}

function isDue({ notBefore, lease }: PendingItem, now: number): boolean {
  return !(lease && Date.parse(lease.until) > now) && !(notBefore && Date.parse(notBefore) > now)
}

/** A reason as text: programs without types hand on what was thrown. */
function requireReason(reason: unknown): string {
  if (typeof reason === 'string') return reason
  if (reason instanceof Error) return reason.message
  throw new TypeError(`A reason must be a string, not ${typeof reason}.`)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
