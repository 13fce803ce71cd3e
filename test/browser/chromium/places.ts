/** Storages of a test, each in a database of its own, closed and deleted when the test is over. */
import { deleteDB } from 'idb'
import { onTestFinished } from 'vitest'
import { type IndexedDBStorageOptions, indexedDBStorage } from '../../../adapters/indexeddb/index.ts'
import type { Json, Key, StorageAdapter, WriteOperation } from '../../../src/index.ts'

/** A name that no other test uses. Its database is deleted when the test is over. */
export function newName(): string {
  const name = crypto.randomUUID()
  onTestFinished(() => deleteDB(`im-client:${name}`))
  return name
}

/** A storage, opened. */
export async function opened(name: string, options?: IndexedDBStorageOptions): Promise<StorageAdapter> {
  const storage = indexedDBStorage(name, options)
  onTestFinished(() => storage.close())
  await storage.open()
  return storage
}

/** A step that sets a value. */
export function put(key: Key, value: Json): WriteOperation {
  return { type: 'put', key, value }
}

/** The code of the error that a step ends with, or what it gave. */
export async function outcomeOf(step: Promise<unknown>): Promise<unknown> {
  return await step.catch(error => (error?.name === 'IMError' ? error.code : error))
}
