/** Who has a store, as far as a store without compare-and-swap lets anybody know. */
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { ProcessIdentity } from '../../../../adapters/unstorage/process-identity.ts'
import { type IMError, type StorageRepair, systemClock } from '../../../../src/index.ts'
import { type Contents, HostileStore } from '../../../support/hostile-store.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

const living: ProcessIdentity = { machine: 'one', pid: 7, isRunning: () => true }

function open(contents: Contents, process: ProcessIdentity | null, clock = systemClock) {
  return unstorageStorage(new HostileStore(contents), { process, clock })
}

describe('A store that somebody has', () => {
  test('is refused, and the error says who has it since when', async () => {
    const contents: Contents = new Map()
    await open(contents, living).open()
    await expect(open(contents, living).open()).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      retryable: true,
      details: { pid: 7, since: expect.stringMatching(/^\d{4}-/) },
    })
  })

  test('is taken over at once where the owner was a process of this machine that is gone', async () => {
    const contents: Contents = new Map()
    await open(contents, living).open()
    const repairs: StorageRepair[] = []
    const successor = open(contents, { machine: 'one', pid: 8, isRunning: pid => pid !== 7 })
    await successor.open({ onRepair: repair => repairs.push(repair) })
    expect(repairs).toMatchObject([{ kind: 'stale-owner', place: 'owner' }])
    await successor.close()
  })

  test('is refused where the owner is of another machine and gave a sign of life not long ago', async () => {
    const contents: Contents = new Map()
    await open(contents, living).open()
    const other = open(contents, { machine: 'two', pid: 7, isRunning: () => false })
    await expect(other.open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  test('is lost to whoever takes it over: the next write is fenced, and the owner is told once', async () => {
    const contents: Contents = new Map()
    const lost: IMError[] = []
    const former = open(contents, living)
    await former.open({ onLost: error => lost.push(error) })
    const successor = open(contents, { machine: 'one', pid: 8, isRunning: () => false })
    await successor.open()
    for (let tries = 0; tries < 2; tries++) {
      const write = former.write([{ type: 'put', key: ['a'], value: 1 }])
      await expect(write).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    }
    expect(lost).toMatchObject([{ code: 'STORAGE_FENCED' }])
    await former.close()
    await successor.write([{ type: 'put', key: ['a'], value: 2 }])
    expect(await successor.get(['a'])).toBe(2)
    await successor.close()
  })

  test('in a runtime without processes is watched once its sign of life is old, and taken over if none comes', async () => {
    const contents: Contents = new Map()
    const [dead, clock] = [new ManualClock(), new ManualClock()]
    const former = open(contents, null, dead)
    await passing(dead, former.open())
    await clock.advance(60_000)
    const successor = open(contents, null, clock)
    await passing(clock, successor.open())
    expect(await successor.list(['a'])).toEqual([])
  })

  test('whose clock is behind is refused where a sign of life comes while it is watched', async () => {
    const contents: Contents = new Map()
    const [behind, clock] = [new ManualClock(), new ManualClock()]
    const owner = open(contents, null, behind)
    await passing(behind, owner.open())
    await clock.advance(60_000)
    const refused = open(contents, null, clock).open()
    const outcome = passing(clock, refused, () => behind.advance(10))
    await expect(outcome).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await owner.write([{ type: 'put', key: ['a'], value: 1 }])
  })
})

/** Lets time pass until a step has ended. */
async function passing<T>(clock: ManualClock, step: Promise<T>, beside?: () => Promise<void>): Promise<T> {
  let ended = false
  const end = () => {
    ended = true
  }
  step.then(end, end)
  while (!ended) {
    await clock.advance(10)
    await beside?.()
  }
  return await step
}
