/** Where this browser keeps the workspace of an account. */
import { memoryStorage, type StorageAdapter } from 'im-client'
import { type Account, workspaceName } from './account.ts'

/** The storage of an account. */
export function openStorage(account: Account): StorageAdapter {
  if (workspaceName(account) === '') throw new TypeError('An account has a name.')
  return memoryStorage()
}
