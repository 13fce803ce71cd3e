/** `im-client/adapters/indexeddb`: storage in a browser. */
export { type IndexedDBStorageOptions, indexedDBStorage } from './indexeddb-storage.ts'
export { storagePersisted } from './persistence.ts'
