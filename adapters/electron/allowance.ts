/** How much a window may say: whatever fills the main process is cut off before it does harm to the others. */

/** What a window may say each second, and at once, in units. A message costs one, and one more for each 1,024 characters. */
const UNITS_PER_SECOND = 10_000
const BURST = 100_000
const CHARACTERS_PER_UNIT = 1024

/** Of one window. */
export class Allowance {
  readonly #now: () => number
  /** By when all that was said would have been said at the rate that is allowed, in milliseconds. */
  #usedUntil = 0

  /** `now` in milliseconds, from any beginning. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Takes what a text of this length costs; says whether it was there. What is refused costs nothing. */
  take(length: number): boolean {
    const now = this.#now()
    const units = 1 + length / CHARACTERS_PER_UNIT
    const usedUntil = Math.max(this.#usedUntil, now) + (1000 * units) / UNITS_PER_SECOND
    if (usedUntil - now > (1000 * BURST) / UNITS_PER_SECOND) return false
    this.#usedUntil = usedUntil
    return true
  }
}
