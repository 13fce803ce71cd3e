/** An ordered map from keys to JSON texts: the whole of memory storage, and a document of the file system's. */
import { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { Key, ListOptions, StorageEntry } from './contract.ts'
import { compareKeys, hasPrefix, isWithin, keyText } from './key.ts'

interface Slot {
  readonly key: Key
  text: string
}

/**
 * A map that lists in key order. Values are kept as texts, so that what goes in and what comes out are copies.
 * Keys that arrive in ascending order, as those of a log do, cost no sorting.
 */
export class SortedMap {
  readonly #slots = new Map<string, Slot>()
  #ordered: Slot[] = []
  #sorted = true

  get size(): number {
    return this.#slots.size
  }

  get(key: Key): Json | undefined {
    const slot = this.#slots.get(keyText(key))
    return slot && (JSON.parse(slot.text) as Json)
  }

  /** Sets the JSON text at a key; `undefined` deletes it. */
  set(key: Key, text: string | undefined): void {
    const name = keyText(key)
    const slot = this.#slots.get(name)
    if (text === undefined) this.#remove(name, slot)
    else if (slot) slot.text = text
    else this.#insert(name, { key, text })
  }

  /** The entries below a prefix. */
  list(prefix: Key, options: ListOptions = {}): StorageEntry[] {
    return this.texts(prefix, options).map(({ key, text }) => ({
      key: key.slice() as unknown as Key,
      value: JSON.parse(text) as Json,
    }))
  }

  /** As {@link list}, with the values still in text form. */
  texts(prefix: Key, options: ListOptions = {}): { readonly key: Key; readonly text: string }[] {
    const { limit = Number.POSITIVE_INFINITY, reverse = false } = options
    const slots = this.#sort()
    const found: Slot[] = []
    const step = reverse ? -1 : 1
    for (let index = this.#start(prefix, options); found.length < limit; index += step) {
      const slot = slots[index]
      if (!slot || !hasPrefix(slot.key, prefix) || !isWithin(slot.key, options)) break
      found.push(slot)
    }
    return found
  }

  /** The index of the first entry of a listing: of the last one where it is reversed. */
  #start(prefix: Key, { after, before, reverse }: ListOptions): number {
    if (!reverse) {
      const low = after && compareKeys(after, prefix) >= 0 ? after : undefined
      return this.#search(slot => (low ? compareKeys(slot.key, low) > 0 : compareKeys(slot.key, prefix) >= 0))
    }
    const end = this.#search(slot => compareKeys(slot.key, prefix) > 0 && !hasPrefix(slot.key, prefix))
    if (!before) return end - 1
    return (
      Math.min(
        end,
        this.#search(slot => compareKeys(slot.key, before) >= 0),
      ) - 1
    )
  }

  /** The index of the first slot for which a monotonic predicate holds. */
  #search(holds: (slot: Slot) => boolean): number {
    const slots = this.#ordered
    let low = 0
    let high = slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(slots[middle] as Slot)) high = middle
      else low = middle + 1
    }
    return low
  }

  #insert(name: string, slot: Slot): void {
    this.#slots.set(name, slot)
    const last = this.#ordered.at(-1)
    if (last && compareKeys(last.key, slot.key) > 0) this.#sorted = false
    this.#ordered.push(slot)
  }

  #remove(name: string, slot: Slot | undefined): void {
    if (!slot) return
    this.#slots.delete(name)
    this.#sort()
    const index = this.#search(other => compareKeys(other.key, slot.key) >= 0)
    this.#ordered.splice(index, 1)
  }

  #sort(): Slot[] {
    if (!this.#sorted) this.#ordered.sort((a, b) => compareKeys(a.key, b.key))
    this.#sorted = true
    return this.#ordered
  }
}

/**
 * The JSON text of a value.
 * @throws IMError `STORAGE_VALUE_INVALID` for what JSON cannot hold: `undefined`, functions, cycles, bigints
 */
export function encodeValue(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new IMError('STORAGE_VALUE_INVALID', 'The value is not JSON.', { cause })
  }
  if (text === undefined) throw new IMError('STORAGE_VALUE_INVALID', 'The value is not JSON.')
  return text
}
