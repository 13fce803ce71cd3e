/** What goes in and what comes out are copies. */
import type { Json, Key, WriteOperation } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { expectEntries, expectEqual, put } from '../expect.ts'

/** Cases of copies. */
export const copiesCases: readonly ConformanceCase[] = [
  conformanceCase('Changing what was written does not change what is stored.', async stage => {
    const storage = await stage.open()
    const value = { list: [1], nested: { name: 'as written' } }
    const key: [string, string] = ['place', 'a']
    const batch: WriteOperation[] = [put(key, value)]
    const write = storage.write(batch)
    value.nested.name = 'changed before it resolved'
    value.list.push(2)
    key[1] = 'b'
    batch.push(put(['place', 'c'], 'added before it resolved'))
    await write
    value.nested.name = 'changed after it resolved'
    await expectEntries(
      storage,
      ['place'],
      [{ key: ['place', 'a'], value: { list: [1], nested: { name: 'as written' } } }],
    )
  }),

  conformanceCase('Changing what get gave does not change what is stored.', async stage => {
    const storage = await stage.open()
    await storage.write([put(['place', 'a'], { list: [1] })])
    change(await storage.get(['place', 'a']))
    expectEqual(await storage.get(['place', 'a']), { list: [1] }, 'the value that get gives again')
    expectEqual((await storage.list(['place']))[0]?.value, { list: [1] }, 'the value that list gives')
  }),

  conformanceCase('Changing what list gave does not change what is stored.', async stage => {
    const storage = await stage.open()
    await storage.write([put(['place', 'a'], { list: [1] }), put(['place', 'b'], { list: [1] })])
    const entries = await storage.list(['place'])
    for (const entry of entries) {
      change(entry.value)
      changeKey(entry.key)
    }
    entries.reverse()
    await expectEntries(
      storage,
      ['place'],
      [
        { key: ['place', 'a'], value: { list: [1] } },
        { key: ['place', 'b'], value: { list: [1] } },
      ],
    )
  }),
]

/** Changes a value in place, as a caller might that thinks it is its own; one that is frozen is as good as a copy. */
function change(value: Json | undefined): void {
  const { list } = value as { list: number[] }
  if (!Object.isFrozen(list)) list.push(2)
}

function changeKey(key: Key): void {
  if (!Object.isFrozen(key)) (key as unknown as string[])[1] = 'changed'
}
