/** An owner that is stopped while it closes, and wakes up when another has long written. */
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { Json, StorageAdapter, StorageRepair } from '../../../../src/index.ts'
import { type Contents, HostileStore, mortalProcess, stillClock } from '../../../support/hostile-store.ts'

const TIMEOUT_MS = 60_000

function open(store: HostileStore, pid: number): StorageAdapter {
  return unstorageStorage(store, { checkpointLength: 200, clock: stillClock, process: mortalProcess(pid) })
}

const put = (part: string, value: Json) => ({ type: 'put', key: ['state', part], value }) as const

/** Long enough for everything that waits for nothing. */
async function turns(count = 60): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}

async function stateOf(storage: StorageAdapter): Promise<Record<string, Json>> {
  return Object.fromEntries((await storage.list(['state'])).map(({ key, value }) => [String(key[1]), value]))
}

/** An owner writes so many batches, closes before it knows of the last one, and is stopped at a call. */
async function checkStoppedClose(batches: number, at: number): Promise<number> {
  const contents: Contents = new Map()
  const store = new HostileStore(contents, at, 'stops before')
  const former = open(store, 1)
  const life = (async () => {
    await former.open()
    for (let batch = 1; batch < batches; batch++) await former.write([put('cursor', batch), put('pad', 'x'.repeat(70))])
    const last = former.write([put('cursor', -1), put('late', 1), { type: 'delete', key: ['state', 'pad'] }])
    await Promise.allSettled([last, former.close()])
  })().catch(() => undefined)
  await Promise.race([life, turns()])
  const successor = open(new HostileStore(contents), 2)
  await successor.open()
  await successor.write([put('cursor', 100), { type: 'delete', key: ['state', 'late'] }])
  const told = await stateOf(successor)
  await successor.close()
  store.wake()
  await life
  const last = open(new HostileStore(contents), 3)
  const repairs: StorageRepair[] = []
  await last.open({ onRepair: repair => repairs.push(repair) })
  expect(await stateOf(last)).toEqual(told)
  expect(repairs.filter(({ kind }) => kind !== 'stale-owner')).toEqual([])
  await last.close()
  return store.calls
}

describe('An owner that is stopped while it closes', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'and wakes up after another has written, changes nothing: %i batches',
    async batches => {
      const calls = await checkStoppedClose(batches, 0)
      for (let at = 4; at <= calls; at++) {
        await checkStoppedClose(batches, at).catch(error => {
          throw new Error(`At call ${at}: ${error}`, { cause: error })
        })
      }
    },
    TIMEOUT_MS,
  )
})
