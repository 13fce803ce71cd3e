/** Notices a connection that has gone silent. Knows "something was heard" and "gone", nothing else. */
import type { Clock } from '../model/clock.ts'

/** Watches one connection. Costs one timer, however much is heard. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #onSilence: () => void
  #heardAt: number
  #cancel: () => void = () => {}

  /** Calls `onSilence` once, when nothing was heard for `limitMs`. */
  constructor(clock: Clock, limitMs: number, onSilence: () => void) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#onSilence = onSilence
    this.#heardAt = clock.now()
  }

  start(): void {
    this.#heardAt = this.#clock.now()
    this.#wait(this.#limitMs)
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
  }

  stop(): void {
    this.#cancel()
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#clock.schedule(() => {
      const now = this.#clock.now()
      if (now < this.#heardAt) this.#heardAt = now // the wall clock was set back
      const remainingMs = this.#heardAt + this.#limitMs - now
      if (remainingMs > 0) this.#wait(remainingMs)
      else this.#onSilence()
    }, delayMs)
  }
}
