/** What somebody else has put below the base. */
import { expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import { type Contents, HostileStore, mortalProcess, stillClock } from '../../../support/hostile-store.ts'

test.each(['e:a_vzzzzzzzzzzz', 'j:zzzzzzzzzzz-1-a', 'j:1-zzzzzzzzzzz-a', 'e:a:b', 'e:', 'j:'])(
  'A key named %s stands in nobody’s way, and lets no number run out',
  async name => {
    const contents: Contents = new Map([[`im-client:${name}`, 'x']])
    for (let pid = 1; pid < 4; pid++) {
      const storage = unstorageStorage(new HostileStore(contents), { clock: stillClock, process: mortalProcess(pid) })
      const repairs: string[] = []
      await storage.open({ onRepair: ({ kind }) => repairs.push(kind) })
      expect(await storage.list(['queue'])).toEqual(pid === 1 ? [] : [{ key: ['queue', pid - 1], value: pid - 1 }])
      expect(repairs).toEqual(pid === 3 ? ['stale-owner'] : [])
      await storage.write([
        { type: 'put', key: ['queue', pid], value: pid },
        { type: 'delete', key: ['queue', pid - 1] },
      ])
      if (pid === 1) await storage.close()
    }
  },
)
