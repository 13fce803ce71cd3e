import { describe, expect, test } from 'vitest'
import type { Key } from '../../../src/storage/contract.ts'
import { compareKeys } from '../../../src/storage/key.ts'
import { encodeValue, SortedMap } from '../../../src/storage/sorted-map.ts'
import { SeededRandom, testSeed } from '../../support/seeded-random.ts'

function filled(...keys: readonly Key[]): SortedMap {
  const map = new SortedMap()
  for (const [index, key] of keys.entries()) map.set(key, String(index))
  return map
}

describe('A sorted map', () => {
  test('gives a copy of what it holds each time', () => {
    const map = new SortedMap()
    map.set(['a', 1], '{"list":[1]}')
    expect(map.get(['a', 1])).toEqual({ list: [1] })
    expect(map.get(['a', 1])).not.toBe(map.get(['a', 1]))
    expect(map.list(['a'])[0]?.key).not.toBe(map.list(['a'])[0]?.key)
  })

  test('gives the steps that make it anew, and none for what was deleted', () => {
    const map = filled(['a', 1], ['b'], ['a', 2])
    map.set(['b'], undefined)
    const anew = new SortedMap()
    for (const { key, text, name } of map.steps()) anew.set(key, text, name)
    expect(anew.size).toBe(2)
    expect(anew.list(['a'])).toEqual(map.list(['a']))
    expect(anew.get(['b'])).toBeUndefined()
  })

  test('counts its entries', () => {
    const map = filled(['a'], ['b'])
    map.set(['a'], undefined)
    map.set(['nothing'], undefined)
    map.set(['b'], '9')
    expect(map.size).toBe(1)
  })

  test('stays in order after random insertions and deletions', () => {
    const seed = testSeed()
    const random = new SeededRandom(seed)
    const map = new SortedMap()
    const expected = new Map<string, Key>()
    for (let step = 0; step < 2_000; step++) {
      const key: Key = ['p', random.integer(0, 60), String(random.integer(0, 9))]
      const present = random.integer(0, 2) > 0
      map.set(key, present ? '1' : undefined)
      if (present) expected.set(JSON.stringify(key), key)
      else expected.delete(JSON.stringify(key))
      if (step % 50 !== 0) continue
      const listed = map.texts(['p']).map(entry => entry.key)
      expect(listed, `TEST_SEED=${seed}`).toEqual([...expected.values()].sort(compareKeys))
    }
    expect(map.size).toBe(expected.size)
  })

  test('starts a reversed listing at the end of its prefix', () => {
    const map = filled(['a', 1], ['b', 1], ['b', 2], ['b', 2, 'x'], ['ba', 1], ['c', 1])
    expect(map.list(['b'], { reverse: true }).map(({ key }) => key)).toEqual([
      ['b', 2, 'x'],
      ['b', 2],
      ['b', 1],
    ])
    expect(map.list(['b'], { reverse: true, before: ['b', 2] }).map(({ key }) => key)).toEqual([['b', 1]])
    expect(map.list(['b'], { reverse: true, after: ['b', 2] }).map(({ key }) => key)).toEqual([['b', 2, 'x']])
  })
})

describe('encodeValue', () => {
  test.each([null, 0, '', [], { a: [1, null] }])('encodes %j', value => {
    expect(JSON.parse(encodeValue(value))).toEqual(value)
  })

  test.each([undefined, () => 1, Symbol('a'), 1n, { a: 1n }])('refuses what is not JSON', value => {
    expect(() => encodeValue(value)).toThrow(expect.objectContaining({ code: 'STORAGE_VALUE_INVALID' }))
  })
})
