/**
 * Who may write. Each owner adds a record under its epoch, and every transaction that writes fails where there is one
 * under the next: a tab that was frozen and wakes up can write nothing over its successor, whatever it believes.
 *
 * No transaction waits for an answer in its middle: all is requested at once, and committed with it. A tab that is frozen
 * there would otherwise hold everybody else up, for a minute or more.
 */
import { IMError } from '../../src/index.ts'
import { answer } from './answer.ts'
import { META } from './layout.ts'

/** What a browser calls it where there is something under a key already. */
const TAKEN = 'ConstraintError'

/** An owner's mark. */
export interface Mark {
  /** Larger at each new owner of this database. */
  readonly epoch: number
  /** Tells owners apart whose epochs are the same: a database that was deleted begins to count anew. */
  readonly nonce: string
}

/** Makes an instance the owner, and gives its epoch once that is stored. All former owners are fenced from then on. */
export async function raiseFence(database: IDBDatabase, nonce: string): Promise<number> {
  for (;;) {
    const last = await answer(database.transaction(META).objectStore(META).openKeyCursor(null, 'prev'))
    const epoch = Number(last?.key ?? 0) + 1
    if (await added(database, { epoch, nonce })) return epoch
  }
}

/** Whether a database is still the one in which this owner has put its mark. */
export async function isMarked(database: IDBDatabase, { epoch, nonce }: Mark): Promise<boolean> {
  return (await answer(database.transaction(META).objectStore(META).get(epoch))) === nonce
}

/** Requests that a transaction over {@link META} fails where the owner of this epoch has a successor. */
export function guard(transaction: IDBTransaction, epoch: number, onFenced: (error: IMError) => void): void {
  const store = transaction.objectStore(META)
  const added = store.add('', epoch + 1)
  added.onerror = () => {
    if (added.error?.name === TAKEN) onFenced(fenced('Another tab has taken the storage over.'))
  }
  store.delete(epoch + 1)
}

/** The error of an owner that must not write any more. */
export function fenced(message: string): IMError {
  return new IMError('STORAGE_FENCED', message)
}

/** Adds a mark; says whether nobody else was faster. */
function added(database: IDBDatabase, { epoch, nonce }: Mark): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(META, 'readwrite', { durability: 'strict' })
    transaction.oncomplete = () => resolve(true)
    transaction.onabort = () => (transaction.error?.name === TAKEN ? resolve(false) : reject(transaction.error))
    transaction.objectStore(META).add(nonce, epoch)
    transaction.commit()
  })
}
