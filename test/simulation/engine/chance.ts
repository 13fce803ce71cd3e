/** Chance with names: what one part draws changes nothing for another, so that a schedule may lose parts and stay itself. */
import { SeededRandom } from '../../support/seeded-random.ts'

/** A stream of chance that can be divided. */
export class Chance extends SeededRandom {
  /** A stream of its own for a part of this name; the same whenever it is asked for. */
  fork(name: string): Chance {
    return new Chance(mix(this.seed, name))
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.number() < probability
  }

  /** A number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.number() * (high - low)
  }

  /** A span that is mostly short and sometimes as long as `high`. */
  span(low: number, high: number): number {
    return low + this.number() ** 4 * (high - low)
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)] as T
  }
}

/** A number that follows from a seed and a name (FNV-1a). */
function mix(seed: number, name: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}
