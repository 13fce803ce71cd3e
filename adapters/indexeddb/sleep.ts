/** Pages that are put to sleep: in the background, or when somebody goes back and may come forward again. */

/** What is done about it. */
export interface Sleeper {
  /** Before the page sleeps; whatever takes time happens when it is awake again. */
  sleep(): void
  wake(): void
}

/** Looks on until the returned function is called. Browsers may tell twice of either. */
export function onSleep(sleeper: Sleeper): () => void {
  const ended = new AbortController()
  let isAsleep = false
  const sleep = () => {
    if (!isAsleep) sleeper.sleep()
    isAsleep = true
  }
  const wake = () => {
    if (isAsleep) sleeper.wake()
    isAsleep = false
  }
  const { signal } = ended
  const ifKept = (task: () => void) => (event: PageTransitionEvent) => event.persisted && task()
  globalThis.document?.addEventListener('freeze', sleep, { signal })
  globalThis.document?.addEventListener('resume', wake, { signal })
  globalThis.addEventListener?.('pagehide', ifKept(sleep), { signal })
  globalThis.addEventListener?.('pageshow', ifKept(wake), { signal })
  return () => ended.abort()
}
