/** The keys of a store in their order. Values are not here: a listing costs what it returns, and opening reads no value. */
import { type Key, type ListOptions, SortedMap } from '../../src/index.ts'

/** See the head of this file. Beside each key is the text that stands for it. */
export class OrderedKeys {
  readonly #map = new SortedMap()
  readonly #names = new Set<string>()

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Adds a key; one that is there already stays. */
  add(key: Key, name: string): void {
    if (this.#names.has(name)) return
    this.#names.add(name)
    this.#map.set(key, name, name)
  }

  remove(key: Key, name: string): void {
    this.#names.delete(name)
    this.#map.set(key, undefined, name)
  }

  /** The keys below a prefix. */
  list(prefix: Key, options: ListOptions): { readonly key: Key; readonly name: string }[] {
    return this.#map.texts(prefix, options).map(({ key, text }) => ({ key, name: text }))
  }
}
