/** Which of many things come most often, in a memory that does not grow with the log. */

/** Different things that are counted at once. */
const CAPACITY = 20_000

/**
 * Counts things. Exact while there are at most `capacity` different ones; beyond that the rarer half is forgotten each
 * time, so that a thing which comes often is counted a little too low at most.
 */
export class Frequencies {
  readonly #capacity: number
  #counts = new Map<string, number>()

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  add(thing: string): void {
    this.#counts.set(thing, (this.#counts.get(thing) ?? 0) + 1)
    if (this.#counts.size > this.#capacity) this.#counts = new Map(this.top(Math.floor(this.#capacity / 2)))
  }

  /** The most frequent ones, the first to have come first where two are equal. */
  top(limit: number): [thing: string, count: number][] {
    return [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, limit)
  }
}
