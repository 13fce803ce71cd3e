/** The door of a storage that the tabs of a browser share. What it needs is loaded with the first who comes in. */
import type { Views } from '../../src/index.ts'
import { type TabLock, tabLocks } from './tab-lock.ts'

/** Views of the owner that holds this lock; none where the browser lacks what they need. */
export function tabViews(lock: TabLock): Views | undefined {
  if (!tabLocks() || !globalThis.BroadcastChannel) return undefined
  const loaded = () => import('./tab-views.ts')
  return {
    listen: async accept => (await loaded()).listen(lock, accept),
    connect: async events => (await loaded()).connect(lock, events),
  }
}
