import { expect, test } from 'vitest'
import { backoffMs, DEFAULT_BACKOFF, spreadMs } from '../../../src/connection/backoff.ts'
import type { Random } from '../../../src/model/clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const always = (number: number): Random => ({ number: () => number, bytes: length => new Uint8Array(length) })
const almostOne = 1 - 2 ** -32

test('Back-off: the ceiling doubles with each attempt, up to the cap, however many there were', () => {
  const ceilings = [0, 1, 2, 5, 6, 100, 1e9].map(attempt => backoffMs(attempt, DEFAULT_BACKOFF, always(almostOne)))
  expect(ceilings).toEqual([499, 999, 1999, 15_999, 19_999, 19_999, 19_999])
})

test('Back-off: any wait from zero to the ceiling is as likely, so that a crowd comes back spread out', () => {
  expect(backoffMs(4, DEFAULT_BACKOFF, always(0))).toBe(0)
  const random = new SeededRandom(7)
  const waits = Array.from({ length: 10_000 }, () => backoffMs(3, DEFAULT_BACKOFF, random))
  const quarters = [0, 1, 2, 3].map(n => waits.filter(wait => Math.floor(wait / 1000) === n).length)
  for (const count of quarters) expect(Math.abs(count - 2500)).toBeLessThan(200)
})

test('Back-off: a wait that the server asked for is kept, and spread by up to a quarter', () => {
  expect(spreadMs(1000, always(0))).toBe(1000)
  expect(spreadMs(1000, always(almostOne))).toBe(1249)
})
