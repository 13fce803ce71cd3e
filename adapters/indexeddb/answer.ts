/** Waiting for IndexedDB. */

/** The answer to the only request of a transaction, which nobody has to wait for from then on. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  request.transaction?.commit()
  return nextAnswer(request)
}

/** A request's answer. Within a transaction nothing else may be awaited: it would end. */
export function nextAnswer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
