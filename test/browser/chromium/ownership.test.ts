/** Who may write: other tabs, other versions of the page, and a database that is deleted under its owner. */
import { deleteDB } from 'idb'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { indexedDBStorage } from '../../../adapters/indexeddb/index.ts'
import { newName, opened, outcomeOf, put } from './places.ts'
import { connect, putRaw } from './spy.ts'

afterEach(() => vi.unstubAllGlobals())

describe('An owner that was fenced', () => {
  test('writes nothing any more, and says so', async () => {
    const name = newName()
    const storage = await opened(name)
    await storage.write([put(['place', 1], 'mine')])
    await putRaw(name, 'meta', ['owner', { epoch: 9, nonce: 'another' }])
    const writes = [2, 3, 4].map(number => outcomeOf(storage.write([put(['place', number], 'late')])))
    expect(await Promise.all(writes)).toEqual(['STORAGE_FENCED', 'STORAGE_FENCED', 'STORAGE_FENCED'])
    expect((await storage.list(['place'])).map(({ value }) => value)).toEqual(['mine'])
  })

  test('is every one but the last, where a browser has no locks', async () => {
    vi.stubGlobal('navigator', { storage: navigator.storage })
    const name = newName()
    const [first, second] = [await opened(name), await opened(name)]
    const writes = Array.from({ length: 20 }, (_, index) => [
      outcomeOf(first.write([put(['place', index], 'first')])),
      outcomeOf(second.write([put(['place', index], 'second')])),
    ])
    const outcomes = await Promise.all(writes.flat())
    expect(new Set(outcomes.filter((_, index) => index % 2 === 0))).toEqual(new Set(['STORAGE_FENCED']))
    expect(new Set(outcomes.filter((_, index) => index % 2 === 1))).toEqual(new Set([undefined]))
    expect(new Set((await second.list(['place'])).map(({ value }) => value))).toEqual(new Set(['second']))
  })
})

describe('Another tab', () => {
  test('is refused while the owner lives, and gets everything once it has crashed', async () => {
    const name = newName()
    const worker = new Worker(new URL('./owner-worker.ts', import.meta.url), { type: 'module' })
    onTestFinished(() => worker.terminate())
    const acknowledged = new Promise<number>((resolve, reject) => {
      worker.onmessage = ({ data }) => data >= 50 && resolve(data)
      worker.onerror = reject
    })
    worker.postMessage(name)
    const count = await acknowledged
    expect(await outcomeOf(indexedDBStorage(name).open())).toBe('STORAGE_LOCKED')
    worker.terminate()
    const storage = await vi.waitFor(() => opened(name), { timeout: 5_000 })
    const values = (await storage.list(['place'])).map(({ value }) => value)
    expect(values.length).toBeGreaterThanOrEqual(count)
    expect(values).toEqual(values.map((_, index) => index))
  })
})

describe('A newer version of the page', () => {
  test('can change the database at once; the owner says so from then on, and does no harm', async () => {
    const name = newName()
    const storage = await opened(name)
    await storage.write([put(['place', 1], 'old')])
    const newer = await connect(name, 2)
    onTestFinished(() => newer.close())
    expect(await outcomeOf(storage.write([put(['place', 1], 'late')]))).toBe('WORKSPACE_FORMAT_UNSUPPORTED')
    expect(await outcomeOf(storage.get(['place', 1]))).toBe('WORKSPACE_FORMAT_UNSUPPORTED')
    await storage.close()
    expect(await outcomeOf(indexedDBStorage(name).open())).toBe('WORKSPACE_FORMAT_UNSUPPORTED')
    const read = newer.transaction('entries').objectStore('entries').getAll()
    await new Promise(resolve => {
      read.onsuccess = resolve
    })
    expect(read.result).toEqual(['[["place",1],"old"]'])
  })

  test('waits for what the owner is writing', async () => {
    const name = newName()
    const storage = await opened(name)
    const batch = Array.from({ length: 2_000 }, (_, index) => put(['place', index], index))
    const [written, newer] = await Promise.all([outcomeOf(storage.write(batch)), connect(name, 2)])
    onTestFinished(() => newer.close())
    const count = newer.transaction('entries').objectStore('entries').count()
    await new Promise(resolve => {
      count.onsuccess = resolve
    })
    expect([written, count.result]).toEqual([undefined, 2_000])
  })
})

describe('A database that is deleted under its owner', () => {
  test.each([
    ['by a page', (name: string) => deleteDB(`im-client:${name}`)],
    ['by the person, with all data of the site', () => clearSiteData()],
  ])('%s, is not made again by it', async (_, remove) => {
    const name = newName()
    const storage = await opened(name)
    await storage.write([put(['place', 1], 'gone')])
    await remove(name)
    expect(await outcomeOf(storage.write([put(['place', 2], 'late')]))).toBe('STORAGE_FENCED')
    expect(await outcomeOf(storage.get(['place', 1]))).toBe('STORAGE_FENCED')
    const names = (await indexedDB.databases()).map(database => database.name)
    expect(names).not.toContain(`im-client:${name}`)
    await storage.close()
    const next = await opened(name)
    expect(await next.list(['place'])).toEqual([])
  })
})

async function clearSiteData(): Promise<void> {
  await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' })
}
