/** The worker loop of a digital employee: claims, works, completes; what fails is tried again and at last given up. */
import { asIMError, IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Message } from '../model/message.ts'
import type { Claim } from './claim.ts'
import type { HandlerContext } from './handler-context.ts'
import type { PendingQueue } from './pending-queue.ts'

/** Works on one message. When it resolves the message is done; when it rejects it is tried again. */
export type WorkHandler = (message: Message, context: HandlerContext) => void | Promise<void>

/** How to work. Times in milliseconds. */
export interface WorkerOptions {
  /** Messages worked on at once, never two of one conversation; 1 by default. */
  readonly concurrency?: number
  /** How long a claim holds; it is extended by itself while the handler runs. 60,000 by default. */
  readonly leaseMs?: number
  /** How long one attempt may take; then the message is tried again, whatever the handler still does. An hour by default. */
  readonly attemptMs?: number
  /** After this many attempts a message goes to the dead letters; 5 by default. */
  readonly maxAttempts?: number
}

/** A worker that runs. */
export interface Worker {
  /** Claims nothing more, and resolves when what is being worked on is finished. */
  stop(): Promise<void>
}

/** What a worker works with. */
export interface WorkerBase {
  readonly queue: PendingQueue
  readonly clock: Clock
  readonly onError: (error: IMError) => void
}

const RETRY_BASE_MS = 1000

/** Works until it is stopped. */
export class PendingWorker implements Worker {
  readonly #handler: WorkHandler
  readonly #options: Required<WorkerOptions>
  readonly #base: WorkerBase
  readonly #working = new Set<Promise<void>>()
  #claiming: Promise<void> | undefined
  #again = false
  #stopped = false
  #cancelTimer: () => void = () => {}

  constructor(handler: WorkHandler, options: WorkerOptions, base: WorkerBase) {
    this.#handler = handler
    this.#options = { concurrency: 1, leaseMs: 60_000, attemptMs: 3_600_000, maxAttempts: 5, ...options }
    this.#base = base
  }

  /** Whether a handler is at work. */
  get isBusy(): boolean {
    return this.#working.size > 0
  }

  /** There may be something to do. */
  wake(): void {
    this.#again = true
    if (this.#stopped || this.#claiming) return
    this.#claiming = this.#claim()
      .catch(error => {
        this.#base.onError(asIMError(error, 'The worker failed.'))
        this.#wakeIn(RETRY_BASE_MS) // nothing else might ever ask again
      })
      .finally(() => {
        this.#claiming = undefined
        if (this.#again) this.wake()
      })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    await this.#claiming
    await Promise.all(this.#working)
  }

  async #claim(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      const { concurrency, leaseMs, attemptMs } = this.#options
      const limit = concurrency - this.#working.size
      if (limit <= 0) return
      for (const claim of await this.#base.queue.claim({ limit, leaseMs, attemptMs })) this.#start(claim)
      this.#waitForNext()
    }
  }

  #start(claim: Claim): void {
    const work = this.#work(claim)
      .catch(error => {
        this.#base.onError(asIMError(error, 'The worker failed.'))
        claim.end() // nobody works on it any more: its lease is not to be kept up
      })
      .finally(() => {
        this.#working.delete(work)
        this.wake()
      })
    this.#working.add(work)
  }

  async #work(claim: Claim): Promise<void> {
    if (claim.attempts > this.#options.maxAttempts) return await claim.fail('No attempt came to its end.')
    const context = claim.context()
    try {
      await whileHeld(claim.signal, this.#handler(claim.message, context))
      await claim.completeWith(await context.answers())
    } catch (error) {
      await this.#failed(claim, error)
    }
  }

  async #failed(claim: Claim, cause: unknown): Promise<void> {
    const { id, conversationId } = claim.message
    const reason = cause instanceof Error ? cause.message : String(cause)
    const details = { id, conversationId, attempts: claim.attempts }
    this.#base.onError(new IMError('HANDLER_FAILED', 'Work on a pending message failed.', { cause, details }))
    if (claim.signal.aborted) return // given back already, or another's
    if (claim.attempts >= this.#options.maxAttempts) return await claim.fail(reason)
    await claim.release({ delayMs: RETRY_BASE_MS * 2 ** (claim.attempts - 1), error: reason })
  }

  #waitForNext(): void {
    this.#cancelTimer()
    const delayMs = this.#base.queue.nextTurnInMs()
    if (delayMs !== undefined) this.#wakeIn(Math.max(1, delayMs))
  }

  #wakeIn(delayMs: number): void {
    this.#cancelTimer()
    if (!this.#stopped) this.#cancelTimer = this.#base.clock.schedule(() => this.wake(), delayMs)
  }
}

/** Settles as the work does, or rejects when the lease on it is lost. */
function whileHeld(signal: AbortSignal, work: void | Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const lose = () => reject(signal.reason)
    signal.addEventListener('abort', lose)
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', lose))
  })
}
