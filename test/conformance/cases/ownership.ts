/** One open instance owns the storage, from open to close. */
import type { StorageAdapter } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { expectEqual, expectRejection, expectThat, put } from '../expect.ts'

/** Cases of ownership and of an instance's life. */
export const ownershipCases: readonly ConformanceCase[] = [
  conformanceCase('A second open is refused with STORAGE_LOCKED while the first instance is open.', async stage => {
    const first = await stage.open()
    await expectRejection(stage.adapter().open(), 'STORAGE_LOCKED', 'a second open')
    await first.write([put(['place', 'a'], 1)])
    await expectRejection(stage.adapter().open(), 'STORAGE_LOCKED', 'a third open')
    expectEqual(await first.get(['place', 'a']), 1, 'what the owner reads')
  }),

  conformanceCase('Of instances opened at once exactly one becomes the owner.', async stage => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => stage.open()))
    const owners = outcomes.filter(({ status }) => status === 'fulfilled').length
    expectThat(owners === 1, `Of five instances opened at once ${owners} became the owner.`)
  }),

  conformanceCase('An instance that was refused can be closed without harm to the owner.', async stage => {
    const owner = await stage.open()
    const refused = stage.adapter()
    await expectRejection(refused.open(), 'STORAGE_LOCKED', 'a second open')
    await refused.close()
    await owner.write([put(['place', 'a'], 1)])
    await expectRejection(stage.adapter().open(), 'STORAGE_LOCKED', 'an open after the refused one was closed')
  }),

  conformanceCase('After close the storage is free, at once.', async stage => {
    const first = await stage.open()
    await first.write([put(['place', 'a'], 1)])
    await first.close()
    const second = await stage.open()
    expectEqual(await second.get(['place', 'a']), 1, 'what the next owner reads')
    await expectRejection(stage.adapter().open(), 'STORAGE_LOCKED', 'an open beside the next owner')
  }),

  conformanceCase('Before open every method rejects with STORAGE_CLOSED.', async stage => {
    const adapter = stage.adapter()
    await expectClosed(adapter)
    await adapter.open()
    expectEqual(await adapter.list(['place']), [], 'what rejected calls left')
  }),

  conformanceCase('After close every method rejects with STORAGE_CLOSED.', async stage => {
    const adapter = await stage.open()
    await adapter.write([put(['place', 'a'], 1)])
    const closing = adapter.close()
    await expectRejection(adapter.write([put(['place', 'b'], 2)]), 'STORAGE_CLOSED', 'write after the call of close')
    await closing
    await expectClosed(adapter)
    const entries = await (await stage.open()).list(['place'])
    expectEqual(entries, [{ key: ['place', 'a'], value: 1 }], 'what the next instance finds')
  }),

  conformanceCase('close can be called twice, and before open.', async stage => {
    await stage.adapter().close()
    const first = await stage.open()
    await Promise.all([first.close(), first.close()])
    await first.close()
    const second = await stage.open()
    await first.close()
    await second.write([put(['place', 'a'], 1)])
    await expectRejection(stage.adapter().open(), 'STORAGE_LOCKED', 'an open after the former owner closed again')
  }),

  conformanceCase('An adapter says how durable its writes are.', async stage => {
    const { durability } = stage.adapter()
    const known = ['strict', 'relaxed', 'none'].includes(durability)
    expectThat(known, `The durability "${durability}" is none of strict, relaxed and none.`)
  }),
]

async function expectClosed(adapter: StorageAdapter): Promise<void> {
  await expectRejection(adapter.get(['place', 'a']), 'STORAGE_CLOSED', 'get')
  await expectRejection(adapter.list(['place']), 'STORAGE_CLOSED', 'list')
  await expectRejection(adapter.write([put(['place', 'a'], 'x')]), 'STORAGE_CLOSED', 'write')
}
