/** Reads of an owner that was overtaken. */
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { Json, StorageAdapter, StorageRepair } from '../../../../src/index.ts'
import { type Contents, HostileStore, mortalProcess, stillClock } from '../../../support/hostile-store.ts'

function open(store: HostileStore, pid: number): StorageAdapter {
  return unstorageStorage(store, { checkpointLength: 200, clock: stillClock, process: mortalProcess(pid) })
}

const put = (part: string, value: Json) => ({ type: 'put', key: ['state', part], value }) as const

describe('An owner that was overtaken and does not know yet', () => {
  test('is told so by a read, and takes nothing for damage', async () => {
    const contents: Contents = new Map()
    const first = open(new HostileStore(contents), 1)
    await first.open()
    await first.write([put('cursor', 1), { type: 'put', key: ['events', 'c', 1], value: { seq: 1 } }])
    await first.close()
    const repairs: StorageRepair[] = []
    const former = open(new HostileStore(contents), 2)
    await former.open({ onRepair: repair => repairs.push(repair) })
    const successor = open(new HostileStore(contents), 3)
    await successor.open()
    await successor.write([put('cursor', 2), { type: 'put', key: ['events', 'c', 1], value: { seq: 1, again: true } }])
    await successor.close()
    await expect(former.get(['state', 'cursor'])).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    await expect(former.list(['events', 'c'])).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    expect(repairs).toEqual([])
  })
})
