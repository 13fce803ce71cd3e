/** The back-pressure of a recipient that works on its messages one by one. */
import { IMError } from '../../errors.ts'
import { type Call, method } from './method.ts'

/** When senders come back where the recipient does not say, in milliseconds. */
const DEFAULT_RETRY_MS = 2000

/** No recipient keeps its senders waiting longer before they ask again, in milliseconds. */
const MAX_RETRY_MS = 60_000

/** Whether senders are to come back later. Holds until the session says otherwise, or ends. */
export const updateQueue = method('queue.update', ({ session }, { full, retryAfterMs = DEFAULT_RETRY_MS }, reply) => {
  session.holdSenders(full ? Math.min(retryAfterMs, MAX_RETRY_MS) : undefined)
  reply.result({})
})

/** @throws IMError `QUEUE_FULL` where the recipient asks senders to come back later; never for one's own account */
export function requireRoom({ services, session }: Call, to: string): void {
  const retryAfterMs = to === session.agentId ? undefined : services.hub.senderPauseMs(to)
  if (retryAfterMs === undefined) return
  throw new IMError('QUEUE_FULL', 'The recipient has too much to do; come back later.', { retryAfterMs })
}
