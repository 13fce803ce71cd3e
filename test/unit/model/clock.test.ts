import { describe, expect, test, vi } from 'vitest'
import { isoTime, systemClock, systemRandom } from '../../../src/model/clock.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('The system clock', () => {
  test('runs a task once, and not when it was taken back', async () => {
    const ran: string[] = []
    await new Promise<void>(resolve => {
      const cancel = systemClock.schedule(() => ran.push('taken back'), 0)
      systemClock.schedule(() => ran.push('first'), 0)
      cancel()
      systemClock.schedule(resolve, 1)
    })
    expect(ran).toEqual(['first'])
  })

  test('tells a time that does not run backwards within a turn', () => {
    const before = systemClock.now()
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
  })
})

describe('System randomness', () => {
  test('gives as many bytes as asked for, and not the same twice', () => {
    expect(systemRandom.bytes(32)).toHaveLength(32)
    expect(systemRandom.bytes(32)).not.toEqual(systemRandom.bytes(32))
  })

  test('gives numbers from 0 up to but without 1', () => {
    for (let round = 0; round < 100; round++) {
      const number = systemRandom.number()
      expect(number >= 0 && number < 1).toBe(true)
    }
  })
})

describe('isoTime', () => {
  test('is ISO 8601 in UTC', () => {
    expect(isoTime(new ManualClock(0))).toBe('1970-01-01T00:00:00.000Z')
  })
})

test('Clock: a delay that is longer than a timer can be is waited for all the same, and can be taken back', () => {
  vi.useFakeTimers()
  const days = 24 * 60 * 60 * 1000
  let ran = 0
  systemClock.schedule(() => ran++, 60 * days)
  const cancel = systemClock.schedule(() => ran++, 60 * days)
  systemClock.schedule(() => ran++, Number.POSITIVE_INFINITY)
  vi.advanceTimersByTime(59 * days)
  expect(ran).toBe(0)
  cancel()
  vi.advanceTimersByTime(2 * days)
  expect(ran).toBe(1)
  vi.useRealTimers()
})
