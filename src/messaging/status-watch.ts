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

/** Looks at a message as it is now. */
type Look = (id: string) => Promise<Message | undefined>

/** Wakes those who wait when something about messages has changed. */
export class StatusWatch {
  readonly #clock: Clock
  readonly #look: Look
  /** Who waits for news, by the message it is about: news of receipts go to all who wait for more than `accepted`. */
  readonly #waiting = new Map<() => void, { readonly id: string; readonly receipts: boolean }>()
  readonly #closing = new Set<(reason: unknown) => void>()

  constructor(clock: Clock, look: Look) {
    this.#clock = clock
    this.#look = look
  }

  /** A message was accepted, or refused. */
  settled(id: string): void {
    for (const [wake, waiter] of [...this.#waiting]) if (waiter.id === id) wake()
  }

  /** Some reader has come further. */
  advanced(): void {
    for (const [wake, waiter] of [...this.#waiting]) if (waiter.receipts) wake()
  }

  /**
   * Resolves with the message when it has reached the status, or passed it.
   * @throws IMError `WAIT_TIMEOUT`, `MESSAGE_NOT_FOUND`, `CLIENT_CLOSED`, or the code with which the server refused the message
   */
  async wait(id: string, status: MessageStatus, { timeoutMs, signal }: WaitOptions): Promise<Message> {
    const stop = new AbortController()
    const giveUp = (reason: unknown) => stop.abort(reason)
    const onAbort = () => giveUp(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    const late = new IMError('WAIT_TIMEOUT', `The message was not ${status} within ${timeoutMs} ms.`)
    const cancel = timeoutMs === undefined ? () => {} : this.#clock.schedule(() => giveUp(late), timeoutMs)
    this.#closing.add(giveUp)
    try {
      return await this.#until(id, status, stop.signal)
    } finally {
      cancel()
      this.#closing.delete(giveUp)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Rejects everyone who waits: the client is being closed. */
  close(): void {
    for (const giveUp of [...this.#closing]) giveUp(new IMError('CLIENT_CLOSED', 'The client was closed.'))
  }

  async #until(id: string, status: MessageStatus, signal: AbortSignal): Promise<Message> {
    for (;;) {
      const change = this.#nextChange(id, { receipts: statusRank(status) > 1, signal })
      const message = await this.#look(id)
      if (message && reached(message, status)) return message
      if (!message) throw new IMError('MESSAGE_NOT_FOUND', 'No message of this client has this id.')
      if (message.failure) throw new IMError(message.failure.code, message.failure.message, { details: { id } })
      await change
      signal.throwIfAborted()
    }
  }

  #nextChange(id: string, { receipts, signal }: { receipts: boolean; signal: AbortSignal }): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.set(wake, { id, receipts })
      signal.addEventListener('abort', wake)
      if (signal.aborted) wake()
    })
  }
}

function reached(message: Message, status: MessageStatus): boolean {
  return message.status === status || (statusRank(status) >= 0 && statusRank(message.status) >= statusRank(status))
}
