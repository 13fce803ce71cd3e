/** What a test sees of IndexedDB below the adapter, and how it breaks it. Nothing of the adapter is replaced. */

/** The connections and transactions that were opened since, but for those to helpers without a store, and a way back. */
export interface Spy {
  readonly connections: IDBDatabase[]
  readonly transactions: IDBTransaction[]
  /** Called with each new transaction that writes, before anything is requested in it. */
  onWrite: (transaction: IDBTransaction) => void
  restore(): void
}

/** Looks on while databases are opened and transactions begun. */
export function spyOnIndexedDB(): Spy {
  const { transaction } = IDBDatabase.prototype
  const { open } = IDBFactory.prototype
  const restore = () => {
    Object.assign(IDBDatabase.prototype, { transaction })
    Object.assign(IDBFactory.prototype, { open })
  }
  const spy: Spy = { connections: [], transactions: [], onWrite: () => undefined, restore }
  IDBDatabase.prototype.transaction = function (...parameters) {
    const begun = transaction.apply(this, parameters)
    spy.transactions.push(begun)
    if (begun.mode === 'readwrite') spy.onWrite(begun)
    return begun
  }
  IDBFactory.prototype.open = function (...parameters) {
    const request = open.apply(this, parameters)
    request.addEventListener('success', () => {
      if (request.result.objectStoreNames.length > 0) spy.connections.push(request.result)
    })
    return request
  }
  return spy
}

/** Does something to the first of so many writing transactions that begin from now on. */
export function disturb(spy: Spy, times: number, harm: (transaction: IDBTransaction) => void): void {
  let left = times
  spy.onWrite = transaction => {
    if (left-- > 0) harm(transaction)
  }
}

/** A connection of its own to a database as it is. */
export function connect(name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`im-client:${name}`, version)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('The database is blocked.'))
  })
}

/** Puts something into a store of a database, past the adapter. */
export async function putRaw(
  name: string,
  store: string,
  [key, value]: readonly [IDBValidKey, unknown],
): Promise<void> {
  const database = await connect(name)
  const transaction = database.transaction(store, 'readwrite')
  transaction.objectStore(store).put(value, key)
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve
    transaction.onabort = () => reject(transaction.error)
  })
  database.close()
}
