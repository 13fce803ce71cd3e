/** Waiting for a message to come as far as it is wanted. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { type Message, type MessageStatus, statusRank } from '../model/message.ts'

/** How long to wait. */
export interface WaitOptions {
  /** For ever by default. */
  readonly timeoutMs?: number
  /** Its reason is what the wait rejects with. */
  readonly signal?: AbortSignal
}

/** Where a watch sees messages as they are now. */
export interface WatchedMessages {
  /** Whether a message waits in the outbox: then nothing but news can have brought it further. */
  isQueued(id: string): boolean
  find(id: string): Promise<Message | undefined>
}

/** What wakes one who waits: news, with the message where it is at hand, or the reason to wait no longer. */
type Change = { readonly view?: () => Promise<Message> } | { readonly reason: unknown }

/** Wakes those who wait when something about messages has changed. */
export class StatusWatch {
  readonly #clock: Clock
  readonly #messages: WatchedMessages
  readonly #waiting = new Map<string, Set<Waiter>>()
  /** Those who wait for more than `accepted`, or for a failure or an expiry: any receipt may be news to them. */
  readonly #following = new Set<Waiter>()

  constructor(clock: Clock, messages: WatchedMessages) {
    this.#clock = clock
    this.#messages = messages
  }

  /** A message was accepted, or refused. `view` gives it where it need not be looked for. */
  settled(id: string, view?: () => Promise<Message>): void {
    for (const waiter of this.#waiting.get(id) ?? []) waiter.tell(view ? { view } : {})
  }

  /** Some reader has come further. */
  advanced(): void {
    for (const waiter of this.#following) waiter.tell({})
  }

  /**
   * Resolves with the message when it has reached the status, or passed it.
   * @throws IMError `WAIT_TIMEOUT`, `MESSAGE_NOT_FOUND`, `CLIENT_CLOSED`, or the code with which the server refused the message
   */
  async wait(id: string, status: MessageStatus, options: WaitOptions): Promise<Message> {
    options.signal?.throwIfAborted()
    const waiter = new Waiter()
    this.#enter(id, status, waiter)
    const { timeoutMs, signal } = options
    const release =
      timeoutMs === undefined && !signal ? undefined : bound(waiter, status, { clock: this.#clock, ...options })
    try {
      return await this.#until(id, status, waiter)
    } finally {
      release?.()
      this.#leave(id, waiter)
    }
  }

  /** Rejects everyone who waits: the client is being closed. */
  close(): void {
    const reason = new IMError('CLIENT_CLOSED', 'The client was closed.')
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.tell({ reason })
  }

  async #until(id: string, status: MessageStatus, waiter: Waiter): Promise<Message> {
    let view: (() => Promise<Message>) | undefined
    for (;;) {
      const next = waiter.next() // before the look, so that no change falls between the two
      const waits = !view && status !== 'queued' && this.#messages.isQueued(id)
      const message = waits ? undefined : await (view ? view() : this.#messages.find(id))
      if (message && reached(message, status)) return message
      if (!waits && !message) throw new IMError('MESSAGE_NOT_FOUND', 'No message of this client has this id.')
      if (message?.failure) throw new IMError(message.failure.code, message.failure.message, { details: { id } })
      const cancel = this.#lookAgain(message, waiter)
      const change = await next
      cancel()
      if ('reason' in change) throw change.reason
      view = change.view
    }
  }

  /** A message expires by the time alone: nobody tells of it. */
  #lookAgain(message: Message | undefined, waiter: Waiter): () => void {
    const restMs = Date.parse(message?.expiresAt ?? '') - this.#clock.now()
    return restMs > 0 ? this.#clock.schedule(() => waiter.tell({}), restMs) : () => {}
  }

  #enter(id: string, status: MessageStatus, waiter: Waiter): void {
    const waiters = this.#waiting.get(id)
    if (waiters) waiters.add(waiter)
    else this.#waiting.set(id, new Set([waiter]))
    if (status !== 'queued' && status !== 'accepted') this.#following.add(waiter)
  }

  #leave(id: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(id)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiting.delete(id)
    this.#following.delete(waiter)
  }
}

/** Ends a wait after its time, or when its signal fires. Gives the way to undo that. */
function bound(
  waiter: Waiter,
  status: MessageStatus,
  { timeoutMs, signal, clock }: WaitOptions & { readonly clock: Clock },
): () => void {
  const expire = () => {
    waiter.tell({ reason: new IMError('WAIT_TIMEOUT', `The message was not ${status} within ${timeoutMs} ms.`) })
  }
  const cancel = timeoutMs === undefined ? undefined : clock.schedule(expire, timeoutMs)
  const onAbort = () => waiter.tell({ reason: signal?.reason })
  signal?.addEventListener('abort', onAbort)
  return () => {
    cancel?.()
    signal?.removeEventListener('abort', onAbort)
  }
}

/** One who waits. Changes between two looks count as one; a reason to give up stays. */
class Waiter {
  #wake: (change: Change) => void = () => {}
  #end: Change | undefined

  /** The change that comes next. */
  next(): Promise<Change> {
    return new Promise(resolve => {
      this.#wake = resolve
      if (this.#end) resolve(this.#end)
    })
  }

  tell(change: Change): void {
    if ('reason' in change) this.#end = change
    this.#wake(change)
  }
}

function reached(message: Message, status: MessageStatus): boolean {
  return message.status === status || (statusRank(status) >= 0 && statusRank(message.status) >= statusRank(status))
}
