/** How much a window may say: whatever fills the main process is cut off before it does harm to the others. */

/** What a window may say each second, and at once, in units. A message costs one, and one more for each 4,096 characters. */
const UNITS_PER_SECOND = 10_000
const BURST = 100_000
const CHARACTERS_PER_UNIT = 4096

/** How much ahead of its rate a window may be, and how much once it has been too far ahead, in milliseconds. */
const AHEAD_MS = (1000 * BURST) / UNITS_PER_SECOND
const CALM_MS = AHEAD_MS / 2

/** Of one window, or a part of it. */
export class Allowance {
  readonly #now: () => number
  /** By when all that was said would have been said at the rate that is allowed, in milliseconds. */
  #usedUntil = 0
  #isUsedUp = false

  /** `now` in milliseconds, from any beginning. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether the last text was refused. */
  get isUsedUp(): boolean {
    return this.#isUsedUp
  }

  /**
   * Takes what a text of this length costs; says whether it was there. Once it was not, nothing is there for some seconds:
   * what floods would otherwise be heard again and again. What is refused costs nothing.
   */
  take(length: number): boolean {
    const now = this.#now()
    const units = 1 + length / CHARACTERS_PER_UNIT
    const usedUntil = Math.max(this.#usedUntil, now) + (1000 * units) / UNITS_PER_SECOND
    this.#isUsedUp = usedUntil - now > (this.#isUsedUp ? CALM_MS : AHEAD_MS)
    if (!this.#isUsedUp) this.#usedUntil = usedUntil
    return !this.#isUsedUp
  }
}
