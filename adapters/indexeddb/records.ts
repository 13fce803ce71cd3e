/** Reading and writing records: each one transaction, in which nothing is waited for but its own requests. */
import type { EncodedOperation, Key, ListOptions } from '../../src/index.ts'
import { answer } from './answer.ts'
import { guard } from './fence.ts'
import { ENTRIES, keyRange, META, storedKey } from './layout.ts'

/** The largest number of records that can be asked for. */
const MAX_COUNT = 0xffff_ffff

/** How records are written. */
export interface WriteOptions {
  /** Of the owner who writes. */
  readonly epoch: number
  readonly durability: 'strict' | 'relaxed'
}

/** What browsers from 2025 on can do. */
interface DirectedStore {
  getAll(options: { query: IDBKeyRange; count: number; direction: 'prev' }): IDBRequest<string[]>
}

/** The text of the record at a key. */
export function readRecord(database: IDBDatabase, key: Key): Promise<string | undefined> {
  return answer(entries(database).get(storedKey(key)) as IDBRequest<string | undefined>)
}

/** The texts of the records of a listing, in its order. */
export async function listRecords(database: IDBDatabase, prefix: Key, options: ListOptions): Promise<string[]> {
  const { limit = MAX_COUNT, reverse = false } = options
  const range = keyRange(prefix, options)
  if (!range || limit <= 0) return []
  const count = Math.min(limit, MAX_COUNT)
  if (!reverse) return await answer(entries(database).getAll(range, count))
  if (!('getAllRecords' in IDBObjectStore.prototype)) {
    const { lastRecords } = await import('./last-records.ts') // before the transaction begins
    return await lastRecords(entries(database), range, count)
  }
  const store = entries(database) as unknown as DirectedStore
  return await answer(store.getAll({ query: range, count, direction: 'prev' }))
}

/**
 * Writes a group of operations. Resolves when the transaction is complete: what was put before may still be undone by the
 * browser until then.
 */
export function writeRecords(
  database: IDBDatabase,
  operations: readonly EncodedOperation[],
  { epoch, durability }: WriteOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([META, ENTRIES], 'readwrite', { durability })
    let failure: unknown
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(failure ?? transaction.error)
    try {
      guard(transaction, epoch, error => {
        failure = error
      })
      const store = transaction.objectStore(ENTRIES)
      for (const operation of operations) request(store, operation)
      transaction.commit()
    } catch (error) {
      failure = error
      transaction.abort() // what was requested before would be committed
    }
  })
}

function request(store: IDBObjectStore, { key, name, text }: EncodedOperation): void {
  const place = storedKey(key)
  if (text === undefined) store.delete(place)
  else store.put(`[${name},${text}]`, place)
}

function entries(database: IDBDatabase): IDBObjectStore {
  return database.transaction(ENTRIES).objectStore(ENTRIES)
}
