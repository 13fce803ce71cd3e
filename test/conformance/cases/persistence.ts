/** What was acknowledged is there for the next instance. */
import type { Json, StorageEntry } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { del, expectEntries, expectEqual, expectThat, put } from '../expect.ts'

const RUNS = 4
const LATE_WRITES = 50

/** Cases of persistence. */
export const persistenceCases: readonly ConformanceCase[] = [
  conformanceCase('A second instance reads and lists what the first wrote.', async stage => {
    const storage = await stage.open()
    const entries = ['a', 'b', 'c'].map((name): StorageEntry => ({ key: ['place', name], value: { name } }))
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await storage.write([put(['other', 1], 'other')])
    const second = await stage.reopen(storage)
    await expectEntries(second, ['place'], entries)
    await expectEntries(second, ['other'], [{ key: ['other', 1], value: 'other' }])
  }),

  conformanceCase('What was deleted or overwritten stays so for every later instance.', async stage => {
    let storage = await stage.open()
    await storage.write([put(['place', 'gone'], 1), put(['place', 'changed'], 1), put(['place', 'kept'], 1)])
    storage = await stage.reopen(storage)
    await storage.write([del(['place', 'gone']), put(['place', 'changed'], 2)])
    for (let run = 0; run < 2; run++) {
      storage = await stage.reopen(storage)
      await expectEntries(
        storage,
        ['place'],
        [
          { key: ['place', 'changed'], value: 2 },
          { key: ['place', 'kept'], value: 1 },
        ],
      )
    }
  }),

  conformanceCase('Every run adds to what the runs before it left.', async stage => {
    let storage = await stage.open()
    const runs = Array.from({ length: RUNS }, (_, run) => run)
    for (const run of runs) {
      await storage.write([put(['place', run], run), put(['last'], run)])
      storage = await stage.reopen(storage)
    }
    const entries = runs.map((run): StorageEntry => ({ key: ['place', run], value: run }))
    await expectEntries(storage, ['place'], entries)
    expectEqual(await storage.get(['last']), RUNS - 1, 'the key that every run wrote')
  }),

  conformanceCase('close waits for the writes under way; none is acknowledged and lost.', async stage => {
    const storage = await stage.open()
    const outcomes = new Map<number, boolean>()
    const settled = Array.from({ length: LATE_WRITES }, (_, index) =>
      storage.write([put(['place', index], index)]).then(
        () => outcomes.set(index, true),
        () => outcomes.set(index, false),
      ),
    )
    await storage.close()
    const settledAtClose = outcomes.size
    await Promise.all(settled)
    expectThat(settledAtClose === LATE_WRITES, `close resolved before ${LATE_WRITES - settledAtClose} writes did.`)
    const acknowledged: Json[] = [...outcomes].filter(([, accepted]) => accepted).map(([index]) => index)
    const entries = await (await stage.open()).list(['place'])
    expectEqual(
      entries.map(({ value }) => value),
      acknowledged.sort((a, b) => Number(a) - Number(b)),
      'what the next instance finds',
    )
  }),
]
