/**
 * Stands between a program and its storage, and remembers what was acknowledged: after each crash all of that must be
 * readable, and of what was not acknowledged a beginning, each batch whole.
 */
import type { Json } from '../../../src/model/json.ts'
import type { Key, StorageAdapter, WriteOperation } from '../../../src/storage/contract.ts'
import type { Life } from '../engine/life.ts'

/** What is written at once. */
export type Batch = readonly WriteOperation[]

/** What an {@link Acknowledged} tells. */
export interface AcknowledgedEvents {
  /** A batch was acknowledged. */
  onAcknowledged(batch: Batch): void
  /** Something that was acknowledged is not there after an opening, or something is there that was refused. */
  onProblem(problem: string): void
}

/** A pause before reading is tried again. */
const RETRY_MS = 300

/** See the head of this file. One for each disk. */
export class Acknowledged {
  readonly #events: AcknowledgedEvents
  #stored = new Map<string, string>()
  /**
   * Given to the storage since the last one that was acknowledged, first to last. One that was refused may be there until the
   * next is acknowledged: cutting it off may have failed as well.
   */
  #waiting: Batch[] = []
  readonly #collections = new Set<string>()

  constructor(events: AcknowledgedEvents) {
    this.#events = events
  }

  /** The storage as one life of a program uses it. */
  watch(storage: StorageAdapter, life: Life): StorageAdapter {
    return {
      durability: storage.durability,
      open: async options => {
        await storage.open(options)
        await this.#verify(storage, life)
      },
      get: key => storage.get(key),
      list: (prefix, options) => storage.list(prefix, options),
      write: batch => this.#write(storage, life, batch),
      close: () => storage.close(),
    }
  }

  /** Compares what is there with what was acknowledged. From then on what is there counts. */
  async #verify(storage: StorageAdapter, life: Life): Promise<void> {
    const found = await this.#readAll(storage, life)
    const problem = difference(this.#stored, found)
    if (problem !== undefined && !this.#isExplained(found)) this.#events.onProblem(problem)
    this.#stored = found
    this.#waiting = []
  }

  /** Whether a stretch of what was not acknowledged accounts for what is there. */
  #isExplained(found: ReadonlyMap<string, string>): boolean {
    for (const first of this.#waiting.keys()) {
      const expected = new Map(this.#stored)
      for (const batch of this.#waiting.slice(first)) {
        apply(batch, expected)
        if (difference(expected, found) === undefined) return true
      }
    }
    return false
  }

  async #write(storage: StorageAdapter, life: Life, batch: Batch): Promise<void> {
    if (!life.isAlive) return new Promise(() => {})
    for (const { key } of batch) this.#collections.add(key[0])
    this.#waiting.push(batch)
    await storage.write(batch)
    if (!life.isAlive) return new Promise(() => {})
    this.#waiting = this.#waiting.slice(this.#waiting.indexOf(batch) + 1)
    apply(batch, this.#stored)
    this.#events.onAcknowledged(batch)
  }

  /** A disk may have faults still: a look that fails is repeated. */
  async #readAll(storage: StorageAdapter, life: Life): Promise<Map<string, string>> {
    for (;;) {
      try {
        return await this.#read(storage)
      } catch {
        await life.sleep(RETRY_MS) // reading promises nothing but an error where it fails
      }
    }
  }

  async #read(storage: StorageAdapter): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    for (const collection of [...this.#collections].sort()) {
      for (const { key, value } of await storage.list([collection])) found.set(JSON.stringify(key), textOf(value))
    }
    return found
  }
}

function apply(batch: Batch, stored: Map<string, string>): void {
  for (const operation of batch) {
    const name = JSON.stringify(operation.key)
    if (operation.type === 'put') stored.set(name, textOf(operation.value))
    else stored.delete(name)
  }
}

function difference(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string | undefined {
  for (const [key, text] of expected) {
    const there = found.get(key)
    if (there !== text)
      return `${key} should be ${short(text)} and is ${there === undefined ? 'missing' : short(there)}`
  }
  for (const [key, text] of found) if (!expected.has(key)) return `${key} should not be there: ${short(text)}`
  return undefined
}

/** A value as it is stored: without properties that are `undefined`. */
function textOf(value: Json): string {
  return JSON.stringify(value)
}

function short(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

/** Keys of a collection that a batch puts, with their values. */
export function* puts(batch: Batch, collection: string): Generator<[key: Key, value: Json]> {
  for (const operation of batch) {
    if (operation.type === 'put' && operation.key[0] === collection) yield [operation.key, operation.value]
  }
}
