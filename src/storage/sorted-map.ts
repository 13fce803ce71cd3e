/** An ordered map from keys to JSON texts: the whole of memory storage, and a document of the file system's. */
import { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { Key, ListOptions, StorageEntry } from './contract.ts'
import { compareKeys, hasPrefix, isWithin, keyText } from './key.ts'
import type { EncodedOperation } from './operation.ts'

interface Slot {
  readonly key: Key
  text: string
  /** The value as it was read with its text, for the first who asks: everybody else gets a copy. */
  value: Json | undefined
  /** Whether it was deleted: it stays in its place until the next listing, so that deleting costs no search. */
  gone: boolean
}

/**
 * A map that lists in key order. Values are kept as texts, so that what goes in and what comes out are copies.
 * Each collection is ordered by itself, when it is listed: keys that arrive in ascending order, as those of a log do,
 * cost no sorting, whatever happens in other collections meanwhile.
 */
export class SortedMap {
  readonly #slots = new Map<string, Slot>()
  readonly #runs = new Map<string, SortedRun>()

  get size(): number {
    return this.#slots.size
  }

  get(key: Key): Json | undefined {
    const slot = this.#slots.get(keyText(key))
    return slot && takeValue(slot)
  }

  /** Sets the JSON text at a key; `undefined` deletes it. `name` is the key's {@link keyText}, where it is at hand. */
  set(key: Key, text: string | undefined, name = keyText(key)): void {
    const slot = this.#slots.get(name)
    if (text === undefined) this.#remove(name, slot)
    else if (slot) Object.assign(slot, { text, value: undefined })
    else this.#insert(name, { key, text, value: undefined, gone: false })
  }

  /** Sets a value that was just read, with its text. Nobody else may have it. */
  fill(key: Key, text: string, value: Json): void {
    const name = keyText(key)
    if (this.#slots.has(name)) this.set(key, text, name)
    else this.#insert(name, { key, text, value, gone: false })
  }

  /** The entries below a prefix. */
  list(prefix: Key, options: ListOptions = {}): StorageEntry[] {
    const slots = this.#runs.get(prefix[0])?.list(prefix, options) ?? []
    return slots.map(slot => ({ key: slot.key.slice() as unknown as Key, value: takeValue(slot) }))
  }

  /** As {@link list}, with the values still in text form. */
  texts(prefix: Key, options: ListOptions = {}): readonly { readonly key: Key; readonly text: string }[] {
    return this.#runs.get(prefix[0])?.list(prefix, options) ?? []
  }

  /** Everything that it holds, in no order, as the steps that would make it anew: what a snapshot consists of. */
  steps(): EncodedOperation[] {
    return [...this.#slots].map(([name, { key, text }]) => ({ key, name, text }))
  }

  #insert(name: string, slot: Slot): void {
    const [collection] = slot.key
    const run = this.#runs.get(collection) ?? new SortedRun()
    this.#runs.set(collection, run)
    this.#slots.set(name, slot)
    run.add(slot)
  }

  #remove(name: string, slot: Slot | undefined): void {
    if (!slot) return
    this.#slots.delete(name)
    this.#runs.get(slot.key[0])?.drop(slot)
  }
}

/** The slots of one collection, in order whenever they are listed. */
class SortedRun {
  #slots: Slot[] = []
  #sorted = true
  #gone = 0

  add(slot: Slot): void {
    const last = this.#slots.at(-1)
    if (last && compareKeys(last.key, slot.key) > 0) this.#sorted = false
    this.#slots.push(slot)
  }

  /** Half of the slots at most are those of deleted keys: the array does not outgrow what it holds. */
  drop(slot: Slot): void {
    slot.gone = true
    this.#gone += 1
    if (this.#gone > this.#slots.length / 2) this.#clear()
  }

  list(prefix: Key, options: ListOptions): Slot[] {
    const { limit = Number.POSITIVE_INFINITY, reverse = false } = options
    this.#order()
    const found: Slot[] = []
    const step = reverse ? -1 : 1
    for (let index = this.#start(prefix, options); found.length < limit; index += step) {
      const slot = this.#slots[index]
      if (!slot || !hasPrefix(slot.key, prefix) || !isWithin(slot.key, options)) break
      found.push(slot)
    }
    return found
  }

  /** The index of the first entry of a listing: of the last one where it is reversed. */
  #start(prefix: Key, { after, before, reverse }: ListOptions): number {
    if (!reverse) {
      const low = after && compareKeys(after, prefix) >= 0 ? after : undefined
      return this.#search(({ key }) => (low ? compareKeys(key, low) > 0 : compareKeys(key, prefix) >= 0))
    }
    const end = this.#search(({ key }) => compareKeys(key, prefix) > 0 && !hasPrefix(key, prefix))
    const bound = before ? this.#search(({ key }) => compareKeys(key, before) >= 0) : end
    return Math.min(end, bound) - 1
  }

  /** The index of the first slot for which a monotonic predicate holds. */
  #search(holds: (slot: Slot) => boolean): number {
    let low = 0
    let high = this.#slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.#slots[middle] as Slot)) high = middle
      else low = middle + 1
    }
    return low
  }

  #order(): void {
    if (this.#gone > 0) this.#clear()
    if (!this.#sorted) this.#slots.sort((a, b) => compareKeys(a.key, b.key))
    this.#sorted = true
  }

  #clear(): void {
    this.#slots = this.#slots.filter(slot => !slot.gone)
    this.#gone = 0
  }
}

function takeValue(slot: Slot): Json {
  const { value } = slot
  slot.value = undefined
  return value === undefined ? (JSON.parse(slot.text) as Json) : value
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
