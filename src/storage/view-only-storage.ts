/** A storage for those who have none of their own: all that it can do is to reach the owner of one elsewhere. */
import { IMError } from '../errors.ts'
import type { StorageAdapter } from './contract.ts'
import type { Views } from './views.ts'

/**
 * A storage that only views can use, for `new IMClient({ storage, attach: true })` in a window, a worker or another
 * process. `connect` is the way to the owner, as {@link Views} has it. Where it gives `undefined`, or rejects with
 * `STORAGE_LOCKED` or `CONNECTION_LOST`, it is tried again, for a few seconds at the client's first call and without end
 * once a view has lost its owner; whoever wants to wait longer waits in `connect`.
 *
 * It never becomes the owner and keeps nothing: `open` rejects with `STORAGE_LOCKED`, and `get`, `list` and `write` with
 * `STORAGE_CLOSED`.
 */
export function viewOnlyStorage(connect: Views['connect']): StorageAdapter {
  const closed = () => Promise.reject(new IMError('STORAGE_CLOSED', 'A storage for views keeps nothing itself.'))
  const locked = () => Promise.reject(new IMError('STORAGE_LOCKED', 'Nobody owns the workspace; a view cannot.'))
  return {
    durability: 'none',
    views: { connect, listen: locked },
    open: locked,
    get: closed,
    list: closed,
    write: closed,
    close: () => Promise.resolve(),
  }
}
