/** The browser's space for a page: what happens when it ends, and what is asked for. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { storagePersisted } from '../../../adapters/indexeddb/index.ts'
import { newName, opened, outcomeOf, put } from './places.ts'
import { putRaw } from './spy.ts'

const QUOTA_BYTES = 1_000_000

/** A part of the origin's space with a limit of its own. */
interface Buckets {
  open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>
  delete(name: string): Promise<void>
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('A write for which there is no space is rejected with STORAGE_FULL, and nothing saved is lost', async () => {
  vi.stubGlobal('indexedDB', await smallSpace())
  const storage = await opened('place')
  await storage.write([put(['place', 1], 'saved')])
  const large = [put(['place', 1], 'lost'), put(['place', 2], randomText(2 * QUOTA_BYTES))]
  expect(await outcomeOf(storage.write(large))).toBe('STORAGE_FULL')
  expect(await storage.list(['place'])).toEqual([{ key: ['place', 1], value: 'saved' }])
  await storage.write([put(['place', 2], 'small')])
  expect((await storage.list(['place'])).map(({ value }) => value)).toEqual(['saved', 'small'])
})

async function smallSpace(): Promise<IDBFactory> {
  const { storageBuckets } = navigator as unknown as { readonly storageBuckets: Buckets }
  const name = crypto.randomUUID()
  const { indexedDB } = await storageBuckets.open(name, { quota: QUOTA_BYTES })
  onTestFinished(() => storageBuckets.delete(name))
  return indexedDB
}

function randomText(length: number): string {
  return Array.from({ length: length / 8 }, () => Math.random().toString(36).slice(2, 10).padEnd(8, '0')).join('')
}

test('The browser is asked to keep what is stored; whatever it answers, the storage works', async () => {
  const persist = vi.spyOn(navigator.storage, 'persist').mockRejectedValue(new Error('planted'))
  const storage = await opened(newName())
  await storage.write([put(['place', 1], 'saved')])
  expect(persist).toHaveBeenCalledOnce()
  vi.spyOn(navigator.storage, 'persisted').mockResolvedValue(true)
  expect(await storagePersisted()).toBe(true)
})

test('A record that cannot be read is reported, by get and by list', async () => {
  const name = newName()
  const storage = await opened(name)
  await storage.write([put(['place', 1], 'saved'), put(['other', 1], 'saved')])
  for (const damage of ['[["place",1],"sav', 7, 'null']) {
    await putRaw(name, 'entries', [['place', 1], damage])
    const outcomes = [outcomeOf(storage.get(['place', 1])), outcomeOf(storage.list(['place']))]
    expect(await Promise.all(outcomes)).toEqual(['STORAGE_DAMAGED', 'STORAGE_DAMAGED'])
  }
  expect(await storage.get(['other', 1])).toBe('saved')
})
