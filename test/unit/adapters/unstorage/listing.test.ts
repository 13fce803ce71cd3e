/** What a driver lists: a scan of Redis may give a key more than once, and says so. */
import { expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
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
