/** A token bucket for each account: what comes faster than the rate is refused, and who goes on all the same is a flood. */
import type { Clock } from '../model/clock.ts'

/** How many accounts are remembered before those at rest are forgotten. */
const MAX_BUCKETS = 10_000

/** What became of one request. */
export type RateVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number }
  | { readonly kind: 'flood' }

interface Bucket {
  tokens: number
  /** Refusals not yet forgiven; forgiven at the same rate. */
  strikes: number
  at: number
}

/** Buckets by account. A connection more or less changes nothing in them. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** How many accounts are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes one request of an account into account. */
  take(agentId: string): RateVerdict {
    const bucket = this.#refill(agentId)
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return { kind: 'allowed' }
    }
    bucket.strikes += 1
    if (bucket.strikes > this.#burst) return { kind: 'flood' }
    return { kind: 'refused', retryAfterMs: Math.ceil(((1 - bucket.tokens) * 1000) / this.#perSecond) }
  }

  #refill(agentId: string): Bucket {
    const now = this.#clock.now()
    const bucket = this.#buckets.get(agentId) ?? this.#create(agentId, now)
    const earned = (Math.max(0, now - bucket.at) * this.#perSecond) / 1000
    bucket.tokens = Math.min(this.#burst, bucket.tokens + earned)
    bucket.strikes = Math.max(0, bucket.strikes - earned)
    bucket.at = now
    return bucket
  }

  #create(agentId: string, now: number): Bucket {
    if (this.#buckets.size >= MAX_BUCKETS) this.#forgetRested(now)
    const bucket = { tokens: this.#burst, strikes: 0, at: now }
    this.#buckets.set(agentId, bucket)
    return bucket
  }

  #forgetRested(now: number): void {
    const restMs = (2 * this.#burst * 1000) / this.#perSecond
    for (const [agentId, { at }] of this.#buckets) if (now - at >= restMs) this.#buckets.delete(agentId)
  }
}
