/** Records that are held in memory as well: exactly what is stored, changed only by a transaction that was stored. */
import type * as v from 'valibot'
import type { Collection } from '../storage/collection.ts'
import type { KeyPart, WriteOperation } from '../storage/contract.ts'

/** One collection in memory. The key of a record follows from the record. */
export class Table<T> {
  readonly #collection: Collection<v.GenericSchema<unknown, T>>
  readonly #keyOf: (record: T) => readonly KeyPart[]
  readonly #records = new Map<string, T>()
  readonly #watchers: ((name: string, before: T | undefined, after: T | undefined) => void)[] = []

  constructor(collection: Collection<v.GenericSchema<unknown, T>>, keyOf: (record: T) => readonly KeyPart[]) {
    this.#collection = collection
    this.#keyOf = keyOf
  }

  /** Reads the whole collection. */
  async load(): Promise<void> {
    for (const record of await this.#collection.all()) this.#records.set(this.name(record), record)
  }

  get size(): number {
    return this.#records.size
  }

  get(name: string): T | undefined {
    return this.#records.get(name)
  }

  values(): IterableIterator<T> {
    return this.#records.values()
  }

  /** The name of a record: its key, as text; a key of one part is its own name. */
  name(record: T): string {
    const key = this.#keyOf(record)
    return key.length === 1 ? String(key[0]) : JSON.stringify(key)
  }

  /** Tells one who keeps an index, or counts, of every change that was stored, when it is in memory. */
  watch(onChange: (name: string, before: T | undefined, after: T | undefined) => void): void {
    this.#watchers.push(onChange)
  }

  /** What a change needs to be stored. */
  operation(before: T | undefined, after: T | undefined): WriteOperation[] {
    if (after !== undefined) return [this.#collection.put(after, ...this.#keyOf(after))]
    return before === undefined ? [] : [this.#collection.delete(...this.#keyOf(before))]
  }

  /** Takes a stored change into memory. */
  apply(name: string, record: T | undefined): void {
    const before = this.#records.get(name)
    if (record === undefined) this.#records.delete(name)
    else this.#records.set(name, record)
    for (const watcher of this.#watchers) watcher(name, before, record)
  }
}
