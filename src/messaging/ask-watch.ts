/** One who waits for the answer to a question. */
import type { Clock } from '../model/clock.ts'
import type { StoredMessage } from '../model/event.ts'

/** Follows one question until it is ended. Nothing that happens between two waits is missed. */
export class AskWatch {
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #onEnd: () => void
  readonly #progress: StoredMessage[] = []
  #woken = false
  #failure: { readonly reason: unknown } | undefined
  #settle = () => {}
  #cancelTimer = () => {}

  constructor(clock: Clock, signal: AbortSignal | undefined, onEnd: () => void) {
    this.#clock = clock
    this.#signal = signal
    this.#onEnd = onEnd
    signal?.addEventListener('abort', this.#onAbort)
  }

  /** Something may have become of the question; with news, if that is what has come. */
  tell(progress?: StoredMessage): void {
    if (progress) this.#progress.push(progress)
    this.#woken = true
    this.#settle()
  }

  /** Ends the wait for a reason. */
  fail(reason: unknown): void {
    this.#failure ??= { reason }
    this.#settle()
  }

  /** Resolves at the next thing that happens, with the news if it is one; or with nothing when the time is up. */
  async next(timeoutMs: number): Promise<StoredMessage | undefined> {
    if (!this.#woken && !this.#failure) await this.#wait(timeoutMs)
    if (this.#failure) throw this.#failure.reason
    const news = this.#progress.shift()
    this.#woken = this.#progress.length > 0
    return news
  }

  end(): void {
    this.#cancelTimer()
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd()
  }

  readonly #onAbort = () => this.fail(this.#signal?.reason)

  #wait(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      this.#settle = () => {
        this.#cancelTimer()
        resolve()
      }
      this.#cancelTimer = this.#clock.schedule(this.#settle, timeoutMs)
    })
  }
}
