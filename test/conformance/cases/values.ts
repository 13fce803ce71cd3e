/** Values: any JSON, whole and unchanged; nothing else. */
import type { Json, StorageEntry } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { expectEntries, expectEqual, expectRejection, expectThat, put } from '../expect.ts'
import { HOSTILE_VALUES } from '../hostile.ts'
import { sortedKeys } from '../reference.ts'

const INVALID_VALUES: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['a function', () => undefined],
  ['a symbol', Symbol('a symbol')],
  ['a bigint', 1n],
  ['a bigint inside', { a: [1n] }],
  ['a cycle', cycle()],
]

/** Cases of values. */
export const valuesCases: readonly ConformanceCase[] = [
  conformanceCase('Every JSON value comes back as it was, also after the storage is opened again.', async stage => {
    const storage = await stage.open()
    const keys = sortedKeys(Object.keys(HOSTILE_VALUES).map(name => ['place', name]))
    const entries = keys.map((key): StorageEntry => ({ key, value: HOSTILE_VALUES[String(key[1])] ?? null }))
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await expectEntries(storage, ['place'], entries)
    await expectEntries(await stage.reopen(storage), ['place'], entries)
  }),

  conformanceCase('A value with an own __proto__ changes no prototype.', async stage => {
    const storage = await stage.open()
    const value: Json = JSON.parse('{"__proto__":{"polluted":true},"list":[{"__proto__":[]}]}')
    await storage.write([put(['place', 'a'], value)])
    const read = await (await stage.reopen(storage)).get(['place', 'a'])
    expectEqual(read, value, 'the value')
    expectThat(Object.getPrototypeOf(read) === Object.prototype, 'The prototype of a value was changed.')
    expectThat(!('polluted' in {}), 'The prototype of all objects was changed.')
  }),

  conformanceCase('An existing null is told from nothing.', async stage => {
    const storage = await stage.open()
    await storage.write([put(['place', 'a'], null)])
    expectThat((await storage.get(['place', 'a'])) === null, 'A stored null was not given back as null.')
    expectThat((await storage.get(['place', 'b'])) === undefined, 'Nothing was given back as something.')
    expectEqual(await storage.list(['place']), [{ key: ['place', 'a'], value: null }], 'the listing')
  }),

  conformanceCase('What is not JSON is rejected with STORAGE_VALUE_INVALID.', async stage => {
    const storage = await stage.open()
    for (const [what, value] of INVALID_VALUES) {
      await expectRejection(storage.write([put(['place', 'a'], value as Json)]), 'STORAGE_VALUE_INVALID', what)
    }
    expectEqual(await storage.list(['place']), [], 'what rejected writes left')
  }),
]

function cycle(): unknown {
  const list: unknown[] = []
  list.push({ list })
  return list
}
