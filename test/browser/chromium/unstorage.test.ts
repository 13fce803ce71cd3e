/** Storage on unstorage's drivers for browsers keeps every promise of the storage contract, in Chromium. */
import { describe, test } from 'vitest'
import { unstorageStorage } from '../../../adapters/unstorage/index.ts'
import { storageConformance } from '../../conformance/index.ts'
import { STORES } from '../unstorage-subject.ts'

/** Bounds a test that hangs; a machine shared by many may take this long. */
const TIMEOUT_MS = 120_000

describe.each(Object.keys(STORES))('Storage on unstorage, %s', kind => {
  const subject = {
    async create() {
      const base = `place-${crypto.randomUUID()}`
      const storage = STORES[kind]?.(base) as ReturnType<(typeof STORES)[string]>
      return {
        adapter: () => unstorageStorage(storage),
        async dispose() {
          localStorage.clear()
          indexedDB.deleteDatabase(base)
        },
      }
    },
  }
  for (const { name, run } of storageConformance) test(name, () => run(subject), TIMEOUT_MS)
})
