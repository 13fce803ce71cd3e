/** Calls that fail and take effect after all, and the batches that were rejected for it. */
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { Json, StorageAdapter } from '../../../../src/index.ts'
import { type Contents, HostileStore, mortalProcess, stillClock } from '../../../support/hostile-store.ts'

function open(store: HostileStore, pid: number): StorageAdapter {
  return unstorageStorage(store, { checkpointLength: 200, clock: stillClock, process: mortalProcess(pid) })
}

const put = (part: string, value: Json) => ({ type: 'put', key: ['state', part], value }) as const

describe('A batch that was rejected', () => {
  test.each(['fails', 'fails but is done', 'fails and is done later'] as const)(
    'does not come back after a crash, although its call %s',
    async fault => {
      for (let at = 8; at < 30; at++) {
        const contents: Contents = new Map()
        const store = new HostileStore(contents, at, fault)
        const storage = open(store, 1)
        const opened = await storage.open().then(
          () => true,
          () => false,
        )
        if (!opened) continue
        let told = 0
        for (let batch = 1; batch < 6; batch++) {
          const failed = await storage.write([put('cursor', batch)]).catch(() => 'failed')
          if (failed) break
          told = batch
        }
        for (let call = 0; call < 12; call++) await store.getItem('elsewhere').catch(() => undefined)
        const next = open(new HostileStore(contents), 2)
        await next.open()
        expect(await next.get(['state', 'cursor']), `At call ${at}`).toBe(told || undefined)
      }
    },
  )
})
