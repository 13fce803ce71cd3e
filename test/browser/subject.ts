/** The adapter, for the conformance suite. */
import { deleteDB } from 'idb'
import { type IndexedDBStorageOptions, indexedDBStorage } from '../../adapters/indexeddb/index.ts'
import type { ConformanceSubject } from '../conformance/index.ts'

/** Places in databases of their own. */
export function subject(options: IndexedDBStorageOptions): ConformanceSubject {
  return {
    async create() {
      const name = crypto.randomUUID()
      return { adapter: () => indexedDBStorage(name, options), dispose: () => deleteDB(`im-client:${name}`) }
    },
  }
}
