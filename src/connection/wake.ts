/** Signs that trying again is worth it now: the network came back, a tab became visible, a machine woke up. */

/** Signs, in runtimes that have them. Where there are none (Node), the back-off's cap bounds the wait. */
export function onRuntimeWake(wake: () => void): () => void {
  const signs = ['online', 'visibilitychange', 'pageshow', 'resume']
  if (typeof globalThis.addEventListener !== 'function') return () => {}
  for (const sign of signs) globalThis.addEventListener(sign, wake)
  return () => {
    for (const sign of signs) globalThis.removeEventListener(sign, wake)
  }
}
