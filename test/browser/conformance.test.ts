/** The IndexedDB adapter keeps every promise of the storage contract in a real browser. */
import { deleteDB } from 'idb'
import { describe, test } from 'vitest'
import { indexedDBStorage } from '../../adapters/indexeddb/index.ts'
import { type ConformanceSubject, storageConformance } from '../conformance/index.ts'

/** Bounds a test that hangs; a machine shared by many may take this long. */
const TIMEOUT_MS = 120_000

function subject(options: { readonly durability: 'strict' | 'relaxed' }): ConformanceSubject {
  return {
    async create() {
      const name = crypto.randomUUID()
      return { adapter: () => indexedDBStorage(name, options), dispose: () => deleteDB(`im-client:${name}`) }
    },
  }
}

describe.each(['strict', 'relaxed'] as const)('IndexedDB storage, %s', durability => {
  for (const { name, run } of storageConformance) test(name, () => run(subject({ durability })), TIMEOUT_MS)
})
