/** What the ports of one window share: to open another gives a page no more of it. */
import { IMError } from '../../src/index.ts'

/** How often a window may ask to connect, which makes an attempt at the server each time: so often in so many milliseconds. */
const MAX_CONNECTS = 10
const CONNECTS_MS = 10_000

/** See the head of this file. */
export class WindowBudget {
  /** Characters that the window was sent and has not said to have read. */
  unread = 0
  readonly #connects: number[] = []

  /** Takes one call of `connect`. @throws IMError `RATE_LIMITED` */
  takeConnect(): void {
    const now = performance.now()
    const [first = now] = this.#connects
    const isLate = this.#connects.length >= MAX_CONNECTS
    if (isLate && now - first < CONNECTS_MS) {
      throw new IMError('RATE_LIMITED', 'The window asks to connect too often.', { retryAfterMs: CONNECTS_MS })
    }
    if (isLate) this.#connects.shift()
    this.#connects.push(now)
  }
}
