/** Keys as names: one for each, that every driver keeps apart, and the key again from the name. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryName, highestGeneration, parseEntryName } from '../../../../adapters/unstorage/names.ts'
import { type Key, keyText } from '../../../../src/index.ts'
import { HOSTILE_TEXTS } from '../../../conformance/hostile.ts'

const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_TEXTS))
const parts = fc.oneof(texts, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
const keys = fc.tuple(texts, fc.array(parts, { maxLength: 7 })).map(([first, rest]): Key => [first, ...rest])

describe('The name of an entry', () => {
  test('gives the key again, and the generation, unless the key is too long for one', () => {
    fc.assert(
      fc.property(keys, fc.nat(), (key, generation) => {
        const parsed = parseEntryName(entryName(key, generation, 0))
        expect(parsed?.generation).toBe(generation)
        if (parsed?.key) expect(keyText(parsed.key)).toBe(keyText(key))
      }),
    )
  })

  test('is of characters that no driver, URL or file system changes, in segments that files may be named by', () => {
    fc.assert(
      fc.property(keys, key => {
        const name = entryName(key, 1, 0)
        expect(name).toMatch(/^e:[a-z0-9_-]+(:[a-z0-9_-]+)*$/)
        for (const segment of name.split(':')) expect(segment.length).toBeLessThan(200)
      }),
    )
  })

  test('of different keys is different, and none is the folder of another', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const [one, other] = [entryName(a, 1, 0), entryName(b, 1, 1)]
        if (keyText(a) === keyText(b)) return
        expect(one).not.toBe(other)
        expect(`${other}:`.startsWith(`${one}:`)).toBe(false)
      }),
    )
  })

  test('of a key that is too long is a number, of its own in its generation', () => {
    const long: Key = ['long', '界'.repeat(300)]
    expect(entryName(long, 3, 1)).not.toBe(entryName(long, 3, 2))
    expect(parseEntryName(entryName(long, 3, 1))).toEqual({ key: undefined, generation: 3 })
  })

  test.each(['', 'e:', 'e:a', 'e:a_v', 'e:A_v1', 'e:a_q_v1', 'e:folder:a_v1', 'e:a_v1:b'])('is not %j', name => {
    expect(parseEntryName(name)).toBeUndefined()
  })

  test('tells the highest generation', () => {
    expect(highestGeneration(['owner', 'j:1-1-a', entryName(['a'], 35, 0), entryName(['b'], 36, 0)])).toBe(36)
    expect(highestGeneration(['owner'])).toBe(0)
  })
})
