import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createUuidSource,
  isAccountId,
  isGroupId,
  isId,
  isUuid,
  MAX_ID_LENGTH,
  requireId,
} from '../../../src/model/id.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

describe('An id', () => {
  test.each(['a', '#ubuntu/2004-11-15_03', 'Matt|', '../x', 'CON', '助理', '__proto__', 'x'.repeat(MAX_ID_LENGTH)])(
    'may be %j',
    id => {
      expect(isId(id)).toBe(true)
      expect(isAccountId(id)).toBe(true)
    },
  )

  test.each(['', 'a\u0000', 'a\nb', '\u007f', '\u0085', 'x'.repeat(MAX_ID_LENGTH + 1), 5, null, undefined, {}, ['a']])(
    'may not be %j',
    id => {
      expect(isId(id)).toBe(false)
      expect(isAccountId(id)).toBe(false)
    },
  )

  test('of a group names no account', () => {
    expect(isGroupId('group-1')).toBe(true)
    expect(isId('group-1')).toBe(true)
    expect(isAccountId('group-1')).toBe(false)
    expect(isAccountId('Group-1')).toBe(true)
  })
})

describe('requireId', () => {
  test('gives a valid id back', () => {
    expect(requireId('group-1', 'conversation')).toBe('group-1')
  })

  test('refuses an invalid id with ID_INVALID, and does not repeat it', () => {
    const id = 'secret\u0000'
    expect(() => requireId(id, 'contact')).toThrow(expect.objectContaining({ code: 'ID_INVALID' }))
    expect(() => requireId(id, 'contact')).not.toThrow(/secret/)
    expect(() => requireId('group-1', 'account')).toThrow(expect.objectContaining({ code: 'ID_INVALID' }))
  })

  test('takes anything but a text for misuse', () => {
    expect(() => requireId(5, 'account')).toThrow(TypeError)
    expect(() => requireId(undefined, 'account')).toThrow(TypeError)
  })
})

describe('A UUID source', () => {
  test('gives UUIDs of version 7 that carry the time', () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 23))
    const id = createUuidSource(clock, new SeededRandom(1))()
    expect(isUuid(id)).toBe(true)
    expect(id).toMatch(/^.{14}7.{4}[89ab]/)
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(clock.now())
  })

  test('grows strictly, however the clock stands still or steps back', () => {
    const steps = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(steps, fc.integer(), (moves, seed) => {
        const clock = new ManualClock(1_000)
        const next = createUuidSource(clock, new SeededRandom(seed))
        const ids = moves.map(move => {
          clock.set(clock.now() + move)
          return next()
        })
        expect(ids).toEqual([...new Set(ids)].sort())
      }),
    )
  })

  test('goes on growing after more than 4096 ids in one millisecond', () => {
    const next = createUuidSource(new ManualClock(1_000), new SeededRandom(1))
    const ids = Array.from({ length: 10_000 }, next)
    expect(ids).toEqual([...new Set(ids)].sort())
  })
})

describe('isUuid', () => {
  test.each(['', 'ffffffff-ffff-ffff-ffff-fffffffffff', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 1])(
    'refuses %j',
    value => {
      expect(isUuid(value)).toBe(false)
    },
  )
})
