import { describe, expect, it } from 'vitest'
import { RateLimiter } from '../../../src/server/rate-limiter.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function limiter(perSecond: number, burst: number) {
  const clock = new ManualClock(1000)
  const rate = new RateLimiter(clock, perSecond, burst)
  const take = (count: number, agentId = 'a') => Array.from({ length: count }, () => rate.take(agentId).kind)
  return { clock, rate, take }
}

describe('RateLimiter', () => {
  it('allows a burst, then the rate', async () => {
    const { clock, take } = limiter(10, 3)
    expect(take(4)).toEqual(['allowed', 'allowed', 'allowed', 'refused'])
    await clock.advance(200)
    expect(take(3)).toEqual(['allowed', 'allowed', 'refused'])
  })

  it('says when the next request will be allowed, exactly', async () => {
    const { clock, rate, take } = limiter(10, 2)
    take(2)
    const verdict = rate.take('a')
    expect(verdict).toEqual({ kind: 'refused', retryAfterMs: 100 })
    await clock.advance(99)
    expect(take(1)).toEqual(['refused'])
    await clock.advance(1)
    expect(take(1)).toEqual(['allowed'])
  })

  it('calls it a flood when refusals outnumber the burst, and forgives with time', async () => {
    const { clock, take } = limiter(10, 2)
    expect(take(5)).toEqual(['allowed', 'allowed', 'refused', 'refused', 'flood'])
    await clock.advance(1000)
    expect(take(1)).toEqual(['allowed'])
  })

  it('counts accounts apart, and does not mind a clock that goes back', () => {
    const { clock, take } = limiter(10, 1)
    expect([take(1, 'a'), take(1, 'b')]).toEqual([['allowed'], ['allowed']])
    clock.set(0)
    expect(take(1, 'a')).toEqual(['refused'])
  })

  it('forgets accounts at rest before it remembers too many', async () => {
    const { clock, rate } = limiter(1000, 1)
    for (let index = 0; index < 10_000; index++) rate.take(`agent-${index}`)
    await clock.advance(10)
    rate.take('one more')
    expect(rate.size).toBe(1)
  })
})
