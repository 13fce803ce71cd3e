/** `im-client/adapters/unstorage`: storage on any driver of unstorage. */
export type { KeyValueStorage } from './key-value-storage.ts'
export type { UnstorageFacts } from './suitability.ts'
export { type UnstorageAdapter, type UnstorageOptions, unstorageStorage } from './unstorage-storage.ts'
