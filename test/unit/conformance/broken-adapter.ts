/** Memory storage with one promise broken. */
import { type Key, memoryDisk, memoryStorage, type StorageAdapter, type WriteOperation } from '../../../src/index.ts'
import type { ConformanceSubject } from '../../conformance/index.ts'

/** What replaces methods of a sound adapter. */
export type Break = (inner: StorageAdapter, disk: Map<string, unknown>) => Partial<StorageAdapter>

/** One promise broken, and the cases that must notice. */
export interface Fault {
  /** Ends the sentence "An adapter that … ". */
  readonly name: string
  /** How each of these cases' names begins. */
  readonly caughtBy: readonly string[]
  readonly break: Break
}

/** An adapter with the fault, over a place of its own. */
export function brokenSubject(fault: Fault): ConformanceSubject {
  return {
    async create() {
      const disk = memoryDisk()
      const shared = new Map<string, unknown>()
      return {
        adapter: () => brokenAdapter(memoryStorage(disk), inner => fault.break(inner, shared)),
        dispose: async () => undefined,
      }
    },
  }
}

function brokenAdapter(
  inner: StorageAdapter,
  breaks: (inner: StorageAdapter) => Partial<StorageAdapter>,
): StorageAdapter {
  return {
    durability: inner.durability,
    open: options => inner.open(options),
    get: key => inner.get(key),
    list: (prefix, options) => inner.list(prefix, options),
    write: batch => inner.write(batch),
    close: () => inner.close(),
    ...breaks(inner),
  }
}

/** Breaks keys: every key goes through `change` on its way in, so that keys it makes equal become one. */
export function changingKeys(change: (part: string | number) => string | number): Break {
  const changed = (key: Key): Key => (Array.isArray(key) ? (key.map(change) as unknown as Key) : key)
  const change1 = (operation: WriteOperation): WriteOperation => ({ ...operation, key: changed(operation.key) })
  return inner => ({
    get: key => inner.get(changed(key)),
    list: async (prefix, options) => await inner.list(changed(prefix), options),
    write: batch => inner.write(batch.map(change1)),
  })
}

/** Breaks values: each one goes through `change` on its way out. */
export function changingValues(change: (value: never) => unknown): Break {
  const changed = change as (value: unknown) => never
  return inner => ({
    get: async key => {
      const value = await inner.get(key)
      return value === undefined ? undefined : changed(value)
    },
    list: async (prefix, options) => {
      const entries = await inner.list(prefix, options)
      return entries.map(({ key, value }) => ({ key, value: changed(value) }))
    },
  })
}

/** Lets everything that promises alone can cause happen. */
export async function laterTurn(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}
