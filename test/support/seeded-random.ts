/** Chance that can be replayed: the seed is all that a failing run has to print. */
import type { Random } from '../../src/model/clock.ts'

/** A source of chance, the same for the same seed (mulberry32). Not for secrets. */
export class SeededRandom implements Random {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    this.#state = seed >>> 0
  }

  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.number() * (high - low + 1))
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.integer(0, 255))
  }
}

/** A seed of this run: `TEST_SEED` replays one that failed. */
export function testSeed(): number {
  const given = process.env['TEST_SEED']
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
}
