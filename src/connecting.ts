/** Connecting, as one promise: from the first attempt to the moment when nothing is missing. */
import type { Assembly } from './assembly.ts'
import { IMError } from './errors.ts'
import type { RecoveryReport } from './messaging/events.ts'

/**
 * Resolves when a session has caught up. A lost connection is no end: it waits for the next one.
 * @throws IMError why it cannot go on: `AUTH_FAILED`, `PROTOCOL_VERSION_UNSUPPORTED`, `CLIENT_CLOSED`; the signal's reason
 */
export async function connectAndSync(
  { connection, messaging, emitter }: Assembly,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<RecoveryReport> {
  const manager = connection()
  const known = messaging.sessions.synced
  if (known) return known
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      stopSynced()
      stopState()
      signal?.removeEventListener('abort', onAbort)
      end()
    }
    const onAbort = () => settle(() => reject(signal?.reason))
    const stopSynced = emitter.on('synced', report => settle(() => resolve(report)))
    const stopState = emitter.on('state', state => {
      if (state.name === 'needsAuth' || state.name === 'failed') settle(() => reject(state.reason))
      if (state.name === 'closed') settle(() => reject(new IMError('CLIENT_CLOSED', 'The client was closed.')))
    })
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    else manager.connect()
  })
}
