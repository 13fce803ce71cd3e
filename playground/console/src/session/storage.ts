/** Where this browser keeps the workspace of an account. */
import type { StorageAdapter } from 'im-client'
import { indexedDBStorage } from 'im-client/adapters/indexeddb'
import { type Account, workspaceName } from './account.ts'

/** The storage of an account: a database of this browser, which all tabs of the page share. */
export function openStorage(account: Account): StorageAdapter {
  return indexedDBStorage(workspaceName(account))
}
