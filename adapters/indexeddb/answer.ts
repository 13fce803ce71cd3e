/** Waiting for IndexedDB. */

/** A request's answer. Within a transaction nothing else may be awaited: it would end. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
