/** What was damaged from outside is told, and kept; what the journal has is whole again without a word. */
import { describe, expect, test } from 'vitest'
import { type UnstorageOptions, unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { StorageRepair, WriteOperation } from '../../../../src/index.ts'
import { type Contents, HostileStore, mortalProcess } from '../../../support/hostile-store.ts'

const BATCH: readonly WriteOperation[] = [
  { type: 'put', key: ['events', 'c', 1], value: { seq: 1 } },
  { type: 'put', key: ['events', 'c', 2], value: { seq: 2 } },
  { type: 'put', key: ['state', 'cursor'], value: 2 },
]

async function filled(close = true): Promise<Contents> {
  const contents: Contents = new Map()
  const storage = unstorageStorage(new HostileStore(contents), { process: mortalProcess(1) })
  await storage.open()
  await storage.write(BATCH)
  if (close) await storage.close()
  return contents
}

async function opened(contents: Contents, options: UnstorageOptions = {}) {
  const repairs: StorageRepair[] = []
  const storage = unstorageStorage(new HostileStore(contents), { process: mortalProcess(2), ...options })
  await storage.open({ onRepair: repair => repairs.push(repair) })
  return { storage, repairs }
}

function keyOf(contents: Contents, part: string): string {
  return [...contents.keys()].find(key => key.includes(part)) ?? `no ${part}`
}

describe('A value that is damaged', () => {
  test('in the log is left out, reported and kept', async () => {
    const contents = await filled()
    contents.set(keyOf(contents, 'events_sc_n1'), 'im1 broken')
    const { storage, repairs } = await opened(contents)
    expect((await storage.list(['events'])).map(({ key }) => key[2])).toEqual([2])
    expect(repairs).toMatchObject([{ kind: 'bad-document', quarantine: expect.stringMatching(/^q:/) }])
    expect([...contents.values()].some(value => value.endsWith('im1 broken'))).toBe(true)
    await storage.list(['events'])
    expect(repairs).toHaveLength(1)
  })

  test('elsewhere is not passed over', async () => {
    const contents = await filled()
    contents.set(keyOf(contents, 'state_scursor'), '')
    const { storage } = await opened(contents)
    await expect(storage.get(['state', 'cursor'])).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    await expect(storage.list(['state'])).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    await storage.close()
    const { storage: rebuilt, repairs } = await opened(contents, { rebuild: true })
    expect(await rebuilt.get(['state', 'cursor'])).toBeUndefined()
    expect(repairs).toMatchObject([{ kind: 'bad-document' }])
  })

  test('or gone is told, as of a store that forgets', async () => {
    const contents = await filled()
    const { storage, repairs } = await opened(contents)
    contents.delete(keyOf(contents, 'state_scursor'))
    contents.delete(keyOf(contents, 'events_sc_n2'))
    await expect(storage.get(['state', 'cursor'])).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(await storage.get(['events', 'c', 2])).toBeUndefined()
    expect(repairs.map(({ message }) => message)).toEqual([expect.stringContaining('is gone')])
  })
})

describe('A record of the journal that is damaged', () => {
  test('is reported and kept', async () => {
    const contents = await filled(false)
    const groups = [...contents].filter(([, value]) => value.includes('"group"'))
    expect(groups).toHaveLength(1)
    contents.set(groups[0]?.[0] as string, 'im1 broken')
    const { repairs } = await opened(contents)
    expect(repairs.map(({ kind }) => kind)).toEqual(['stale-owner', 'torn-tail'])
    expect(repairs[1]?.quarantine).toMatch(/^q:/)
  })

  test('leaves every value where its beginning is gone, and says so', async () => {
    const contents = await filled()
    for (const key of [...contents.keys()]) if (key.startsWith('im-client:j:')) contents.delete(key)
    const { storage, repairs } = await opened(contents)
    expect(await storage.get(['state', 'cursor'])).toBe(2)
    expect(repairs.map(({ kind }) => kind)).toEqual(['bad-journal-record'])
  })
})

describe('A store that lists keys twice', () => {
  test('loses none of them', async () => {
    const contents = await filled()
    const store = new HostileStore(contents)
    const listed = store.getKeys.bind(store)
    store.getKeys = async base => (await listed(base)).flatMap(key => [key, key])
    const storage = unstorageStorage(store, { process: mortalProcess(2) })
    await storage.open()
    await storage.write([{ type: 'put', key: ['state', 'other'], value: 1 }])
    await storage.close()
    const { storage: next } = await opened(contents)
    expect(await next.list(['events'])).toHaveLength(2)
    expect(await next.get(['state', 'cursor'])).toBe(2)
  })
})

describe('A claim that cannot be read', () => {
  test('is taken over', async () => {
    const contents = await filled()
    contents.set('im-client:owner', 'im1 tor')
    const { storage, repairs } = await opened(contents)
    expect(repairs).toMatchObject([{ kind: 'stale-owner' }])
    expect(await storage.get(['state', 'cursor'])).toBe(2)
  })
})
