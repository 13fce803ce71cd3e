/** An entry of the pending queue as it is stored, as far as the command reads it: `docs/storage.md` says what it holds. */
import type { Message } from '../../src/index.ts'

/** A message that the agent has still to process. */
export interface PendingEntry {
  readonly message: Pick<Message, 'id' | 'from'> & { readonly conversationId: string; readonly seq: number }
  readonly receivedAt: string
  readonly releasedAt?: string
  readonly notBefore?: string
  /** `renewed`: by the process that took it, with which it ends. */
  readonly lease?: { readonly claimedAt: string; readonly until: string; readonly renewed?: boolean }
}

/**
 * For how many milliseconds more nobody can take an entry: its lease lasts, or it was put off. As the queue itself
 * counts: a clock that was set meanwhile makes a span no longer than it was.
 */
export function heldForMs({ lease, releasedAt, notBefore }: PendingEntry, now: number): number {
  const [from, until] = lease ? [lease.claimedAt, lease.until] : [releasedAt, notBefore]
  if (from === undefined || until === undefined) return 0
  return Math.max(0, Math.min(Date.parse(until) - now, Date.parse(until) - Date.parse(from)))
}
