/** Batches take effect, and settle, in the order of the calls; a read sees every write that has resolved. */
import type { Json } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { del, expectEqual, put } from '../expect.ts'

const CONCURRENT_WRITES = 500

/** Cases of order. */
export const orderCases: readonly ConformanceCase[] = [
  conformanceCase('Writes settle in the order of the calls.', async stage => {
    const storage = await stage.open()
    const settled: number[] = []
    const calls = Array.from({ length: 40 }, (_, index) => index)
    await Promise.all(
      calls.map(index => {
        const size = index % 3 === 0 ? 60 : 1 // a large batch must not be overtaken by a small one
        const batch = Array.from({ length: size }, (_, part) => put(['place', index, part], index))
        return storage.write(batch).then(() => settled.push(index))
      }),
    )
    expectEqual(settled, calls, 'the order in which writes settled')
  }),

  conformanceCase('Of writes to one key the last call wins.', async stage => {
    const storage = await stage.open()
    const calls = Array.from({ length: 40 }, (_, index) => storage.write([put(['place', 'key'], index)]))
    await Promise.all(calls)
    expectEqual(await storage.get(['place', 'key']), 39, 'the value after forty writes')
  }),

  conformanceCase('A later step of a batch wins over an earlier one on the same key.', async stage => {
    const storage = await stage.open()
    await storage.write([put(['place', 'there'], 0)])
    await storage.write([
      put(['place', 'a'], 1),
      put(['place', 'a'], 2),
      put(['place', 'b'], 1),
      del(['place', 'b']),
      del(['place', 'there']),
      put(['place', 'there'], 3),
    ])
    const read = await Promise.all(['a', 'b', 'there'].map(name => storage.get(['place', name])))
    expectEqual(read, [2, undefined, 3], 'what the batch left')
  }),

  conformanceCase('A read begun after a write resolved sees it.', async stage => {
    const storage = await stage.open()
    for (let round = 0; round < 20; round++) {
      await storage.write([put(['place', 'key'], round)])
      const [value, entries] = await Promise.all([storage.get(['place', 'key']), storage.list(['place'])])
      expectEqual([value, entries[0]?.value], [round, round], 'what get and list see after a write')
    }
    await storage.write([del(['place', 'key'])])
    expectEqual(await storage.get(['place', 'key']), undefined, 'a deleted value')
  }),

  conformanceCase('When a write has resolved, those called before it are to be read as well.', async stage => {
    const storage = await stage.open()
    const first = storage.write(Array.from({ length: 200 }, (_, index) => put(['place', index], 'first')))
    const second = storage.write([put(['place', 'second'], 'second')])
    const [entries] = await Promise.all([second.then(() => storage.list(['place'])), first])
    expectEqual(entries.length, 201, 'the number of entries')
  }),

  conformanceCase('Five hundred writes at once all take effect.', async stage => {
    const storage = await stage.open()
    const counts: Json[] = Array.from({ length: CONCURRENT_WRITES }, (_, index) => index)
    await Promise.all(
      counts.map(index => storage.write([put(['place', index as number], index), put(['last'], index)])),
    )
    const entries = await storage.list(['place'])
    expectEqual(
      entries.map(({ value }) => value),
      counts,
      'the values written',
    )
    expectEqual(await storage.get(['last']), CONCURRENT_WRITES - 1, 'the key that all wrote')
  }),
]
