/** A batch takes effect whole or not at all. */
import type { Key, StorageAdapter, WriteOperation } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase, type Stage } from '../case.ts'
import { del, expectEntries, expectEqual, expectThat, put } from '../expect.ts'

const GENERATIONS = 20
const BATCH_SIZE = 50

/** Cases of atomicity. */
export const atomicityCases: readonly ConformanceCase[] = [
  conformanceCase('A batch with an invalid key has no effect.', stage =>
    checkRefused(stage, put(['place', Number.NaN], 'x')),
  ),

  conformanceCase('A batch with an invalid value has no effect.', stage =>
    checkRefused(stage, put(['place', 'bad'], undefined as never)),
  ),

  conformanceCase('A rejected batch does not keep the next one from taking effect.', async stage => {
    const storage = await stage.open()
    const before = storage.write([put(['place', 'a'], 1)])
    const refused = storage.write([put(['place', Number.NaN], 'x')]).catch(() => 'refused')
    const after = storage.write([put(['place', 'b'], 2)])
    expectEqual(await refused, 'refused', 'the outcome of the invalid batch')
    await Promise.all([before, after])
    await storage.write([put(['place', 'c'], 3)])
    await expectEntries(storage, ['place'], [entry('a', 1), entry('b', 2), entry('c', 3)])
  }),

  conformanceCase('A read beside a write sees all of its batch or none.', async stage => {
    const storage = await stage.open()
    const writes = Array.from({ length: GENERATIONS }, (_, generation) => storage.write(batchOf(generation)))
    const settled = Promise.all(writes)
    for (let pending = true; pending; ) {
      pending = await Promise.race([settled.then(() => false), checkWhole(storage).then(() => true)])
      await new Promise(resolve => setTimeout(resolve, 0)) // reads from memory alone would let no write go on
    }
    await checkWhole(storage)
  }),

  conformanceCase('An empty batch is accepted.', async stage => {
    const storage = await stage.open()
    await storage.write([])
    expectEqual(await storage.list(['place']), [], 'the listing after an empty batch')
  }),
]

async function checkRefused(stage: Stage, invalid: WriteOperation): Promise<void> {
  const storage = await stage.open()
  await storage.write([put(['place', 'kept'], 'old'), put(['place', 'other'], 'old')])
  const batch = [put(['place', 'kept'], 'new'), del(['place', 'other']), invalid, put(['place', 'late'], 'new')]
  const outcome = await storage.write(batch).then(
    () => 'accepted',
    () => 'refused',
  )
  expectEqual(outcome, 'refused', 'the outcome of the invalid batch')
  const expected = [entry('kept', 'old'), entry('other', 'old')]
  await expectEntries(storage, ['place'], expected)
  await expectEntries(await stage.reopen(storage), ['place'], expected)
}

function batchOf(generation: number): WriteOperation[] {
  return Array.from({ length: BATCH_SIZE }, (_, index) => put(['place', index], generation))
}

async function checkWhole(storage: StorageAdapter): Promise<void> {
  const entries = await storage.list(['place'])
  const generations = new Set(entries.map(({ value }) => value))
  const whole = generations.size <= 1 && (entries.length === 0 || entries.length === BATCH_SIZE)
  expectThat(whole, `A listing showed ${entries.length} entries of ${generations.size} batches at once.`)
}

function entry(name: string, value: string | number) {
  const key: Key = ['place', name]
  return { key, value }
}
