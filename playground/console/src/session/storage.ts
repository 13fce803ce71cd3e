/** Where this browser keeps the workspace of an account. */
import { memoryStorage, type StorageAdapter } from 'im-client'
import { indexedDBStorage } from 'im-client/adapters/indexeddb'
import { type Account, workspaceName } from './account.ts'

/** The storage of an account: a database of this browser, which all tabs of the page share; memory where it has none. */
export function openStorage(account: Account): StorageAdapter {
  return isForgetful() ? memoryStorage() : indexedDBStorage(workspaceName(account))
}

/** Whether nothing outlives the page. */
export function isForgetful(): boolean {
  try {
    return !globalThis.indexedDB
  } catch {
    return true // all storage is blocked
  }
}
