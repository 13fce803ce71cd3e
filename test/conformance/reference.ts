/** The contract's model, as plainly as it can be written: what every adapter must agree with. */
import type { Json, Key, KeyPart, ListOptions, StorageEntry, WriteOperation } from '../../src/index.ts'

/** An ordered map from keys to values that searches by looking at everything. */
export class ReferenceStorage {
  #entries: StorageEntry[] = []

  write(batch: readonly WriteOperation[]): void {
    for (const operation of batch) {
      this.#entries = this.#entries.filter(({ key }) => compare(key, operation.key) !== 0)
      if (operation.type === 'put') this.#entries.push({ key: operation.key, value: operation.value })
    }
    this.#entries.sort((a, b) => compare(a.key, b.key))
  }

  get(key: Key): Json | undefined {
    return this.#entries.find(entry => compare(entry.key, key) === 0)?.value
  }

  list(prefix: Key, { after, before, limit, reverse = false }: ListOptions): StorageEntry[] {
    const found = this.#entries
      .filter(({ key }) => prefix.every((part, index) => index < key.length && comparePart(part, key[index]) === 0))
      .filter(({ key }) => after === undefined || compare(key, after) > 0)
      .filter(({ key }) => before === undefined || compare(key, before) < 0)
    if (reverse) found.reverse()
    return found.slice(0, limit)
  }
}

/** Keys in the order of the contract. */
export function sortedKeys(keys: readonly Key[]): Key[] {
  return [...keys].sort(compare)
}

function compare(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    const order = comparePart(part, other)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function comparePart(a: KeyPart, b: KeyPart | undefined): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1
  if (typeof b !== 'string') return 1
  return a === b ? 0 : a < b ? -1 : 1
}

/** Chance that is the same for the same seed (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 up to but without `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }
}
