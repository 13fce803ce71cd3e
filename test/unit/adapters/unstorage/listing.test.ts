/** What a driver lists: a scan of Redis may give a key more than once, and says so; and what is gone once it was listed. */
import { expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { StorageRepair } from '../../../../src/index.ts'
import { type Contents, HostileStore, mortalProcess, stillClock } from '../../../support/hostile-store.ts'

class Repeating extends HostileStore {
  override async getKeys(base?: string): Promise<string[]> {
    const keys = await super.getKeys(base)
    return [...keys, ...keys]
  }
}

function open(store: HostileStore, pid: number) {
  return unstorageStorage(store, { clock: stillClock, process: mortalProcess(pid) })
}

test('A key that is listed twice is one entry, and stays', async () => {
  const contents: Contents = new Map()
  for (const pid of [1, 2, 3]) {
    const storage = open(new Repeating(contents), pid)
    await storage.open()
    if (pid === 1) await storage.write([{ type: 'put', key: ['state', 'cursor'], value: 7 }])
    expect(await storage.list(['state'])).toEqual([{ key: ['state', 'cursor'], value: 7 }])
    await storage.close()
  }
})

/** The key of a long entry is in its value alone. */
const isLong = (key: string) => key.includes(':e:_l')

/** The former owner is at its last removal while this one lists. */
class Removing extends HostileStore {
  readonly #contents: Contents

  constructor(contents: Contents) {
    super(contents)
    this.#contents = contents
  }

  override async getKeys(base?: string): Promise<string[]> {
    const keys = await super.getKeys(base)
    for (const key of keys.filter(isLong)) this.#contents.delete(key)
    return keys
  }
}

/** What it lists, it does not give. */
class Forgetting extends HostileStore {
  override async getItem(key: string): Promise<unknown> {
    return isLong(key) ? null : await super.getItem(key)
  }
}

test.each([
  ['is no damage where it is not listed any more', Removing, []],
  ['is damage where it is listed still', Forgetting, ['bad-document']],
] as const)('A value that is gone once it was listed %s', async (_, Kind, kinds) => {
  const contents: Contents = new Map()
  const first = open(new HostileStore(contents), 1)
  await first.open()
  await first.write([{ type: 'put', key: ['long', '界'.repeat(300)], value: 1 }])
  await first.close()
  const repairs: StorageRepair[] = []
  await open(new Kind(contents), 2).open({ onRepair: repair => repairs.push(repair) })
  expect(repairs.map(({ kind }) => kind)).toEqual(kinds)
})
