/**
 * The keys below one base of a store. Every value is sealed, and every key is written once and never again, but for those of
 * `claim.ts`: drivers do not write in one step, and two writes of one key may mix or arrive in the other order.
 */
import { IMError } from '../../src/index.ts'
import type { KeyValueStorage } from './key-value-storage.ts'
import { seal, unseal } from './sealed.ts'
import { storageError } from './storage-error.ts'

/** How many keys are asked for, written or removed at once. */
const LANES = 32

/** A value as it was found. */
export interface Found {
  /** Whether the store holds something under this name. */
  readonly present: boolean
  /** The text that was sealed, unless the value is damaged. */
  readonly body: string | undefined
  /** What the store gave, as text; for people who look at damage. */
  readonly raw: string
}

/** See the head of this file. Methods reject with `STORAGE_FULL` or `STORAGE_IO`. */
export class Store {
  readonly #storage: KeyValueStorage
  readonly #base: string

  constructor(storage: KeyValueStorage, base: string) {
    this.#storage = storage
    this.#base = `${base}:`
  }

  /** The names of all that is there, each once, in no order. Costs a listing of the whole driver, as most of them list. */
  async names(): Promise<string[]> {
    const keys = await attempt('getKeys', () => this.#storage.getKeys(this.#base))
    const names = keys.filter(key => key.startsWith(this.#base)).map(key => key.slice(this.#base.length))
    return [...new Set(names)] // a scan of Redis may give a key more than once
  }

  /** What is under a name. */
  async read(name: string): Promise<Found> {
    return found(name, await attempt('getItem', () => this.#storage.getItem(this.#base + name)))
  }

  /** What is under each of these names, in their order. */
  async readAll(names: readonly string[]): Promise<Found[]> {
    const all: Found[] = []
    for (let start = 0; start < names.length; start += 4 * LANES) {
      all.push(...(await this.#readSome(names.slice(start, start + 4 * LANES))))
    }
    return all
  }

  /** Puts a text under a name. */
  async write(name: string, body: string): Promise<void> {
    await attempt('setItem', () => this.#storage.setItem(this.#base + name, seal(name, body)))
  }

  /** Removes what is under a name, if anything is. */
  async remove(name: string): Promise<void> {
    await attempt('removeItem', () => this.#storage.removeItem(this.#base + name))
  }

  async #readSome(names: readonly string[]): Promise<Found[]> {
    if (names.length < 2) return await Promise.all(names.map(name => this.read(name)))
    const keys = names.map(name => this.#base + name)
    const items = await attempt('getItems', () => this.#storage.getItems(keys))
    const values = new Map(items.map(({ key, value }) => [key, value]))
    return await Promise.all(
      names.map((name, index) => {
        const key = keys[index] as string
        return values.has(key) ? found(name, values.get(key)) : this.read(name)
      }),
    )
  }
}

/** Runs a step for each item, a few at once; rejects with the first failure once all have ended. */
export async function inLanes<Item>(items: Iterable<Item>, step: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]()
  let failure: { readonly reason: unknown } | undefined
  const lane = async () => {
    for (let next = queue.next(); !next.done && !failure; next = queue.next()) {
      await step(next.value).catch((reason: unknown) => {
        failure ??= { reason }
      })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  if (failure) throw failure.reason
}

function found(name: string, value: unknown): Found {
  if (value === null || value === undefined) return { present: false, body: undefined, raw: '' }
  // Drivers of files give an error as a value where a file cannot be read.
  if (value instanceof Error) throw storageError(value, 'getItem')
  return { present: true, body: unseal(name, value), raw: typeof value === 'string' ? value : typeof value }
}

async function attempt<T>(call: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    throw cause instanceof IMError ? cause : storageError(cause, call)
  }
}
