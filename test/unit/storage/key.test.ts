import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Key } from '../../../src/storage/contract.ts'
import { compareKeys, hasPrefix, isWithin, keyText, requireKey } from '../../../src/storage/key.ts'

const part = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
const key = fc
  .tuple(fc.string({ maxLength: 2 }), fc.array(part, { maxLength: 3 }))
  .map(([name, rest]): Key => [name, ...rest])

const same = (a: Key, b: Key) => a.length === b.length && a.every((item, index) => item === b[index])

describe('The order of keys', () => {
  test.each<[Key, Key]>([
    [['a'], ['a', 1]],
    [
      ['a', 2],
      ['a', 10],
    ],
    [
      ['a', 10],
      ['a', '1'],
    ],
    [
      ['a', -1],
      ['a', 0],
    ],
    [
      ['a', 'Z'],
      ['a', 'a'],
    ],
    [
      ['a', '\ud800\udc00'],
      ['a', '\uffff'],
    ],
    [
      ['a', 'b'],
      ['a', 'b', 0],
    ],
    [
      ['a', 'b', 'z'],
      ['a', 'ba'],
    ],
  ])('puts %j before %j', (lower, higher) => {
    expect(compareKeys(lower, higher)).toBeLessThan(0)
    expect(compareKeys(higher, lower)).toBeGreaterThan(0)
  })

  test('is total: antisymmetric, transitive, and 0 for equal keys alone', () => {
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a))).toBe(0)
        expect(compareKeys(a, b) === 0).toBe(same(a, b))
        const [low, middle, high] = [a, b, c].sort(compareKeys) as [Key, Key, Key]
        expect(compareKeys(low, middle) <= 0 && compareKeys(middle, high) <= 0 && compareKeys(low, high) <= 0).toBe(
          true,
        )
      }),
    )
  })

  test('keeps what is below a prefix together', () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 3, maxLength: 20 }), key, (keys, prefix) => {
        const below = [...keys].sort(compareKeys).map(item => (hasPrefix(item, prefix) ? 'x' : '.'))
        expect(below.join('')).toMatch(/^\.*x*\.*$/)
      }),
    )
  })
})

describe('The text of a key', () => {
  test('stands for that key alone', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(keyText(a) === keyText(b)).toBe(compareKeys(a, b) === 0)
      }),
    )
  })

  test('is the same for -0 and 0', () => {
    expect(keyText(['a', -0])).toBe(keyText(['a', 0]))
  })
})

describe('Bounds', () => {
  test('are exclusive', () => {
    const bounds = { after: ['a', 1], before: ['a', 3] } as const
    expect([1, 2, 3].map(seq => isWithin(['a', seq], bounds))).toEqual([false, true, false])
    expect(isWithin(['a'], {})).toBe(true)
  })
})

describe('requireKey', () => {
  test.each<Key>([['a'], [''], ['a', 1, 'b', -0.5], ['a', 1, 2, 3, 4, 5, 6, 7]])('gives back %j', (...valid) => {
    expect(requireKey(valid as unknown as Key)).toEqual(valid)
  })

  test.each([
    [[]],
    [[1]],
    [['a', Number.NaN]],
    [['a', null]],
    [['a', ['b']]],
    [['a', 1, 2, 3, 4, 5, 6, 7, 8]],
    ['a'],
    [null],
  ])('refuses %j', invalid => {
    expect(() => requireKey(invalid as unknown as Key)).toThrow(
      expect.objectContaining({ code: 'STORAGE_KEY_INVALID' }),
    )
  })
})
