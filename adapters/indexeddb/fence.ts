/**
 * Who may write: the record `owner`, raised by each new owner, and read first in every transaction that writes. A tab that
 * was frozen and wakes up can write nothing over its successor, whatever it believes.
 */
import { IMError } from '../../src/index.ts'
import { META } from './layout.ts'

const OWNER = 'owner'

/** The record of the owner. */
interface OwnerRecord {
  /** Larger at each new owner of this database. */
  readonly epoch: number
  /** Tells owners apart whose epochs are the same: a database that was deleted begins to count anew. */
  readonly nonce: string
}

/** Makes an instance the owner, and gives its epoch once that is stored. All former owners are fenced from then on. */
export function raiseFence(database: IDBDatabase, nonce: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(META, 'readwrite', { durability: 'strict' })
    const store = transaction.objectStore(META)
    const former: IDBRequest<OwnerRecord | undefined> = store.get(OWNER)
    let epoch = 1
    former.onsuccess = () => {
      epoch += former.result?.epoch ?? 0
      store.put({ epoch, nonce } satisfies OwnerRecord, OWNER)
    }
    transaction.oncomplete = () => resolve(epoch)
    transaction.onabort = () => reject(transaction.error)
  })
}

/**
 * Guards a transaction over {@link META} in which everything has been requested: it is committed where the database
 * belongs to the owner with this nonce, and aborted otherwise.
 */
export function guard(transaction: IDBTransaction, nonce: string, onFenced: (error: IMError) => void): void {
  const owner: IDBRequest<OwnerRecord | undefined> = transaction.objectStore(META).get(OWNER)
  owner.onsuccess = () => {
    if (owner.result?.nonce === nonce) return transaction.commit() // without waiting for the answers to the requests
    onFenced(fenced('Another tab has taken the storage over.'))
    transaction.abort()
  }
}

/** The error of an owner that must not write any more. */
export function fenced(message: string): IMError {
  return new IMError('STORAGE_FENCED', message)
}
