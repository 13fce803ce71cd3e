/** A pending message in the hands of one who works on it: the lease that proves it, kept up and given back. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Message } from '../model/message.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { HandlerRun, Reply } from './handler-context.ts'
import type { Draft } from './outbox.ts'
import type { Transaction } from './transaction.ts'

/** A message that this worker alone may work on, for as long as its lease holds. */
export interface ClaimedMessage {
  readonly message: Message
  /** How often it was claimed, this time included. */
  readonly attempts: number
  /** Proves the claim: {@link IMClientApi.resumeClaim} takes it up again by this. */
  readonly token: string
  /** Aborts when the lease is lost: what is done from then on may be done by another as well. */
  readonly signal: AbortSignal
  /**
   * The work is done: the item leaves the queue. A result is sent to whoever asked, stored in the same write.
   * @throws IMError `QUEUE_LEASE_LOST`, and as `sendMessage`
   */
  complete(result?: string | Reply): Promise<void>
  /** Gives it back, to be claimed again after `delayMs`. @throws IMError `QUEUE_LEASE_LOST` */
  release(options?: { readonly delayMs?: number; readonly error?: string | Error }): Promise<void>
  /** Gives it up: it goes to the dead letters, with the reason. @throws IMError `QUEUE_LEASE_LOST` */
  fail(reason: string | Error): Promise<void>
  /** Holds it for another `leaseMs` from now. @throws IMError `QUEUE_LEASE_LOST` */
  extend(leaseMs?: number): Promise<void>
}

/** An item that is claimed. */
export type LeasedItem = PendingItem & { readonly lease: NonNullable<PendingItem['lease']> }

/** Where an item goes from the hands of its worker. */
export interface LeaseHolder {
  readonly clock: Clock
  /** Runs a step on the item of a lease that holds. @throws IMError `QUEUE_LEASE_LOST`, those of the write */
  withLease(item: LeasedItem, step: (transaction: Transaction, item: LeasedItem) => void): Promise<void>
  /** The answers of one who works on a message. */
  contextOf(claim: Claim): HandlerRun
  complete(transaction: Transaction, item: LeasedItem, answers: readonly Draft[]): void
  giveBack(transaction: Transaction, item: LeasedItem, rest: { delayMs: number; error: string | undefined }): void
  giveUp(transaction: Transaction, item: LeasedItem, reason: string): void
  hold(transaction: Transaction, item: LeasedItem, leaseMs: number): void
  ended(claim: Claim): void
}

/** For how long, in milliseconds. */
export interface ClaimTimes {
  /** How long the claim holds unless it is extended. */
  readonly leaseMs: number
  /** How long one attempt may take, however often its lease is extended. */
  readonly attemptMs: number
  /** Whether the lease is extended by itself while this process lives. */
  readonly renew: boolean
}

/** A lease is extended when this part of it is over, so that one attempt to do so may fail. */
const RENEW_AFTER = 1 / 3

/** See {@link ClaimedMessage}. */
export class Claim implements ClaimedMessage {
  readonly message: Message
  readonly #item: LeasedItem
  readonly #holder: LeaseHolder
  readonly #times: ClaimTimes
  readonly #lost = new AbortController()
  /** Timers of the claim: the next extension, the end of the attempt. */
  #cancelRenewal = () => {}
  #cancelAttempt = () => {}
  /** Given back, given up, done or lost: what is still under way then changes nothing more. */
  #over = false

  constructor(message: Message, { item, holder, times }: { item: LeasedItem; holder: LeaseHolder; times: ClaimTimes }) {
    this.message = message
    this.#item = item
    this.#holder = holder
    this.#times = times
    this.#watchLease(times.leaseMs)
    this.#cancelAttempt = holder.clock.schedule(() => this.#timeOut(), times.attemptMs)
  }

  get attempts(): number {
    return this.#item.attempts
  }

  get token(): string {
    return this.#item.lease.token
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  async complete(result?: string | Reply): Promise<void> {
    const context = this.context()
    if (result !== undefined) await context.reply(result)
    await this.completeWith(await context.answers())
  }

  /** What a handler is given that works on it. */
  context(): HandlerRun {
    return this.#holder.contextOf(this)
  }

  /** The work is done, and these are its answers. @throws IMError `QUEUE_LEASE_LOST` */
  completeWith(answers: readonly Draft[]): Promise<void> {
    return this.#leave((transaction, item) => this.#holder.complete(transaction, item, answers))
  }

  async release({
    delayMs = 0,
    error,
  }: {
    readonly delayMs?: number
    readonly error?: string | Error
  } = {}): Promise<void> {
    const rest = { delayMs, error: error === undefined ? undefined : textOf(error) }
    await this.#leave((transaction, item) => this.#holder.giveBack(transaction, item, rest))
  }

  async fail(given: string | Error): Promise<void> {
    const reason = textOf(given)
    await this.#leave((transaction, item) => this.#holder.giveUp(transaction, item, reason))
  }

  async extend(leaseMs = this.#times.leaseMs): Promise<void> {
    await this.#held((transaction, item) => this.#holder.hold(transaction, item, leaseMs))
    this.#watchLease(leaseMs)
  }

  /** Keeps it no longer: its lease ends by itself, or with this process. */
  end(reason?: IMError): void {
    if (this.#over) return
    this.#over = true
    this.#cancelRenewal()
    this.#cancelAttempt()
    if (reason) this.#lost.abort(reason)
    this.#holder.ended(this)
  }

  /** Over as soon as it is stored: an extension that is under way is then refused, and that is no loss. */
  #leave(step: (transaction: Transaction, item: LeasedItem) => void): Promise<void> {
    return this.#held((transaction, item) => {
      step(transaction, item)
      transaction.after(() => this.end())
    })
  }

  async #held(step: (transaction: Transaction, item: LeasedItem) => void): Promise<void> {
    try {
      await this.#holder.withLease(this.#item, step)
    } catch (error) {
      if (error instanceof IMError && error.code === 'QUEUE_LEASE_LOST') this.end(error)
      throw error
    }
  }

  /** Extends the lease in time, or finds out that it is over. */
  #watchLease(leaseMs: number): void {
    this.#cancelRenewal()
    if (this.#over) return
    const delayMs = this.#times.renew ? leaseMs * RENEW_AFTER : leaseMs
    this.#cancelRenewal = this.#holder.clock.schedule(() => {
      const next = this.#times.renew ? this.extend() : this.#held(() => {})
      next.catch(error => this.#notExtended(leaseMs, error))
    }, delayMs)
  }

  /** Storage failed: the lease may hold for a while. Where the client was closed, nobody can keep it. */
  #notExtended(leaseMs: number, error: unknown): void {
    if (error instanceof IMError && error.code === 'STORAGE_CLOSED') this.end(error)
    else this.#watchLease(leaseMs)
  }

  /** The attempt took too long: somebody else may have the item. */
  #timeOut(): void {
    const { attemptMs } = this.#times
    const message = `The work on this message took longer than ${attemptMs} ms.`
    const error = new IMError('QUEUE_ATTEMPT_TIMEOUT', message, { details: { attempts: this.attempts } })
    this.end(error)
    this.#holder
      .withLease(this.#item, (transaction, item) =>
        this.#holder.giveBack(transaction, item, { delayMs: 0, error: message }),
      )
      .catch(() => {}) // without renewal the lease ends by itself
  }
}

/** What a worker is told that shows a lease which does not hold. */
export function leaseLost(): IMError {
  return new IMError('QUEUE_LEASE_LOST', 'The lease on this message does not hold any more.')
}

/** A reason as text: programs hand on what was thrown. */
function textOf(reason: string | Error): string {
  if (typeof reason === 'string') return reason
  if (reason instanceof Error) return reason.message
  throw new TypeError(`A reason must be a string or an Error, not ${typeof reason}.`)
}
