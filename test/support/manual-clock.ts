/** Time as data: a clock that stands still until a test moves it. */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/model/clock.ts'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** A clock at 0, or where it is told to begin. */
export class ManualClock implements Clock {
  /** What the wall time is ahead of the time that has passed. */
  #ahead: number
  #elapsed = 0
  readonly #timers = new Set<Timer>()

  constructor(now = 0) {
    this.#ahead = now
  }

  now(): number {
    return this.#ahead + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  schedule(task: () => void, delayMs: number): () => void {
    const timer = { at: this.#elapsed + Math.max(0, delayMs), task }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Sets the wall time without running anything, as a user who corrects the machine's clock does. */
  set(now: number): void {
    this.#ahead = now - this.#elapsed
  }

  /** Moves on, timer by timer; what a timer causes has happened before the next one runs. */
  async advance(byMs: number): Promise<void> {
    const end = this.#elapsed + byMs
    await settled()
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#elapsed = Math.max(this.#elapsed, timer.at)
      timer.task()
      await settled()
    }
    this.#elapsed = end
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(timer => timer.at <= end)
    return due.sort((a, b) => a.at - b.at)[0]
  }
}

/** Resolves when everything that promises alone can cause has happened. */
export async function settled(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
