/** How long to wait before the next attempt. */
import type { Random } from '../model/clock.ts'

/** The span of the waits, in milliseconds. */
export interface BackoffOptions {
  /** The ceiling of the first wait; it doubles with each attempt. */
  readonly baseMs: number
  /** The ceiling of every wait. */
  readonly capMs: number
}

/** Waits that spread a crowd of clients and cost a single one little. */
export const DEFAULT_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 20_000 }

/** Full jitter (Brooker, "Exponential Backoff and Jitter", 2015): anything between zero and the doubled ceiling. */
export function backoffMs(attempt: number, { baseMs, capMs }: BackoffOptions, random: Random): number {
  return Math.floor(random.number() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)))
}

/** The wait that a server asked for, spread by up to a quarter so that its clients do not come back at once. */
export function spreadMs(retryAfterMs: number, random: Random): number {
  return Math.floor(retryAfterMs * (1 + random.number() / 4))
}
