/** Pages that are put to sleep: in the background, or when somebody goes back and may come forward again. */
import type { TabLock } from './tab-lock.ts'

/**
 * Lets go of the lock before the page sleeps, so that another tab goes on at once. Awake again it takes the lock back where
 * nobody has; otherwise it is lost. The returned function ends that.
 */
export function onSleep(lock: TabLock, onFrozen: () => void): () => void {
  const sleep = () => {
    onFrozen()
    void lock.pause()
  }
  const wake = () => void lock.regain()
  const ifKept = (task: () => void) => (event: PageTransitionEvent) => event.persisted && task()
  const ended = new AbortController()
  const { signal } = ended
  globalThis.document?.addEventListener('freeze', sleep, { signal })
  globalThis.document?.addEventListener('resume', wake, { signal })
  globalThis.addEventListener?.('pagehide', ifKept(sleep), { signal })
  globalThis.addEventListener?.('pageshow', ifKept(wake), { signal })
  return () => ended.abort()
}
