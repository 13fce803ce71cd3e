/** Storage on unstorage's drivers for browsers, for the conformance suite. */
import * as idbKeyval from 'idb-keyval'
import { createStorage } from 'unstorage'
import indexedDBDriver from 'unstorage/drivers/indexedb'
import localStorageDriver from 'unstorage/drivers/localstorage'
import { createStorage as createStorage2 } from 'unstorage-2'
import indexedDBDriver2 from 'unstorage-2/drivers/indexedb'
import localStorageDriver2 from 'unstorage-2/drivers/localstorage'
import type { KeyValueStorage } from '../../adapters/unstorage/key-value-storage.ts'

/** Makes storage of one kind, below a base of its own. */
export const STORES: Readonly<Record<string, (base: string) => KeyValueStorage>> = {
  'localStorage, 1.17': base => createStorage({ driver: localStorageDriver({ base }) }),
  'localStorage, 2.0': base => createStorage2({ driver: localStorageDriver2({ base }) }),
  'IndexedDB, 1.17': base => createStorage({ driver: indexedDBDriver({ dbName: base, storeName: 'entries' }) }),
  'IndexedDB, 2.0': base =>
    createStorage2({ driver: indexedDBDriver2({ dbName: base, storeName: 'entries', lib: idbKeyval }) }),
}
