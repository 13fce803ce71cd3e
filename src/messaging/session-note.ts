/** Notes the last session in the workspace, for people: nothing depends on it, so it is loaded when there is one. */
import type { LinkSession } from '../connection/link.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import type { Ledger } from './ledger.ts'

/** Stores when a session was opened, and where. */
export function noteSession(
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  { facts: { sessionId, epoch } }: LinkSession,
): Promise<void> {
  return ledger.transact(transaction => {
    const value = { sessionId, epoch, openedAt: isoTime(clock) }
    transaction.write({ type: 'put', key: ['state', 'session'], value })
  })
}
