/** A call to the store goes wrong, each in turn and in every way. What was acknowledged is there; batches are whole. */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { Json, Key, StorageAdapter, StorageRepair, WriteOperation } from '../../../../src/index.ts'
import {
  type Contents,
  FAULTS,
  type Fault,
  HostileStore,
  mortalProcess,
  stillClock,
} from '../../../support/hostile-store.ts'

const TIMEOUT_MS = 60_000

/** So short that the journal is emptied several times. */
const CHECKPOINT_LENGTH = 400

const LONG = '界'.repeat(300)

type Batch = readonly WriteOperation[]

type State = Readonly<Record<string, Json>>

/** Batches that add, change and delete; each names its number, so that half of one shows. */
const BATCHES: readonly Batch[] = Array.from({ length: 14 }, (_, index) => [
  put(['events', 'c', index], { seq: index }),
  put(['state', 'cursor'], index),
  put(['long', LONG, index % 2], index),
  put(['queue', index], 'waits'),
  { type: 'delete', key: ['queue', index - 2] },
  ...(index % 5 === 4 ? [{ type: 'delete', key: ['state', 'cursor'] } as const] : []),
])

function put(key: Key, value: Json): WriteOperation {
  return { type: 'put', key, value }
}

function after(batches: readonly Batch[]): State {
  const state: Record<string, Json> = {}
  for (const operation of batches.flat()) {
    const name = JSON.stringify(operation.key)
    if (operation.type === 'put') state[name] = operation.value
    else delete state[name]
  }
  return state
}

async function stateOf(storage: StorageAdapter): Promise<State> {
  const collections: Key[] = [['events'], ['long'], ['queue'], ['state']]
  const lists = await Promise.all(collections.map(key => storage.list(key)))
  return Object.fromEntries(lists.flat().map(({ key, value }) => [JSON.stringify(key), value]))
}

function open(store: HostileStore, pid: number): StorageAdapter {
  const options = { checkpointLength: CHECKPOINT_LENGTH, clock: stillClock, process: mortalProcess(pid) }
  return unstorageStorage(store, options)
}

/** Resolves as soon as a step has ended, or the process has. */
async function orGone<T>(store: HostileStore, step: Promise<T>): Promise<T | undefined> {
  let result: { readonly value?: T; readonly error?: unknown } | undefined
  step.then(
    value => {
      result = { value }
    },
    (error: unknown) => {
      result = { error }
    },
  )
  for (let turns = 0; !result && !(store.gone && turns > 50); turns += store.gone ? 1 : 0) {
    await new Promise(resolve => setImmediate(resolve))
  }
  if (result && 'error' in result) throw result.error
  return result?.value
}

interface Run {
  readonly acknowledged: Batch[]
  /** The batch under way when the process ended. */
  readonly open: Batch | undefined
}

/** One process: opens, writes what it can, closes. */
async function run(store: HostileStore, batches: readonly Batch[], pid = 1): Promise<Run> {
  const acknowledged: Batch[] = []
  const storage = open(store, pid)
  const opened = await orGone(
    store,
    storage.open().then(() => true),
  ).catch(() => false)
  if (!opened) return { acknowledged, open: undefined }
  for (const batch of batches) {
    const outcome = await orGone(
      store,
      storage.write(batch).then(() => 'done'),
    ).catch(checkFailure)
    if (outcome === 'done') acknowledged.push(batch)
    if (!outcome) return { acknowledged, open: batch }
  }
  await orGone(store, storage.close()).catch(checkFailure)
  return { acknowledged, open: undefined }
}

function checkFailure(error: unknown): string {
  expect(error).toMatchObject({ name: 'IMError', code: 'STORAGE_IO' })
  expect(`${(error as Error).stack} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain('secret')
  return 'refused'
}

/** What a process without faults finds; twice, since opening must change nothing. */
async function checkAfter(contents: Contents, { acknowledged, open: batch }: Run): Promise<StorageRepair[]> {
  const repairs: StorageRepair[] = []
  const known = [after(acknowledged), ...(batch ? [after([...acknowledged, batch])] : [])]
  let found: State | undefined
  for (const pid of [8, 9]) {
    const storage = open(new HostileStore(contents), pid)
    await storage.open({ onRepair: repair => repairs.push(repair) })
    const state = await stateOf(storage)
    if (found) expect(state).toEqual(found)
    else expect(known).toContainEqual(state)
    found = state
    await storage.close()
  }
  return repairs
}

interface Succession {
  readonly fault: Fault
  readonly at: number
  /** Whether both crash where they would close. */
  readonly crashes: 'both' | 'neither'
  readonly first: readonly Batch[]
  readonly second: readonly Batch[]
}

/**
 * What both were told to be safe is there, in the order in which they were told. The one that is stopped wakes up as soon as
 * its successor has begun to write. As a rule it is fenced; stopped before it wrote its claim, it fences the other.
 */
async function checkSuccession({ fault, at, crashes, first, second }: Succession): Promise<void> {
  const contents: Contents = new Map()
  const store = new HostileStore(contents, at, fault)
  const log: Batch[] = []
  const former = open(store, 1)
  const life = former.open().then(
    () => writeAll(former, first, log),
    () => undefined,
  )
  await orGone(store, life)
  const successor = open(new HostileStore(contents), 2)
  await successor.open()
  const found = await stateOf(successor)
  const underWay = first[log.length]
  if (!isDeepStrictEqual(found, after(log)) && underWay) log.push(underWay)
  expect(found).toEqual(after(log))
  const writing = writeAll(successor, second, log)
  store.wake()
  const [refused] = await Promise.all([writing, life])
  if (crashes === 'neither')
    await Promise.all([former.close(), successor.close()].map(ended => ended.catch(checkFenced)))
  const last = open(new HostileStore(contents), 3)
  const repairs: StorageRepair[] = []
  await last.open({ onRepair: repair => repairs.push(repair) })
  const variants = refused ? [log.toSpliced(refused.place, 0, refused.batch)] : []
  expect([log, ...variants].map(after)).toContainEqual(await stateOf(last))
  expect(repairs.filter(({ kind }) => kind !== 'stale-owner')).toEqual([])
  await last.close()
}

/** Writes until a batch is refused; gives that batch, and what had been told to be safe by then. */
async function writeAll(storage: StorageAdapter, batches: readonly Batch[], log: Batch[]) {
  for (const batch of batches) {
    try {
      await storage.write(batch)
      log.push(batch)
    } catch (error) {
      checkFenced(error)
      return { batch, place: log.length }
    }
  }
  return undefined
}

function checkFenced(error: unknown): void {
  expect(error).toMatchObject({ code: 'STORAGE_FENCED' })
}

/** How many calls a run without a fault makes. */
async function callsOf(contents: Contents, batches: readonly Batch[]): Promise<number> {
  const store = new HostileStore(new Map(contents))
  await run(store, batches)
  return store.calls
}

describe('A call to the store goes wrong, each in turn', () => {
  test.each(FAULTS.filter(fault => !fault.startsWith('stops')))(
    '%s: everything acknowledged is there, every batch is whole',
    async fault => {
      const calls = await callsOf(new Map(), BATCHES)
      expect(calls).toBeGreaterThan(100)
      for (let at = 1; at <= calls; at++) {
        const contents: Contents = new Map()
        const ran = await run(new HostileStore(contents, at, fault), BATCHES)
        const repairs = await checkAfter(contents, ran).catch(error => {
          throw new Error(`At call ${at}: ${error}`, { cause: error })
        })
        const damage = repairs.filter(({ kind }) => kind === 'bad-journal-record')
        expect(damage, `At call ${at}`).toEqual([])
      }
    },
    TIMEOUT_MS,
  )

  test.each(['stops before', 'stops after'] as const)(
    'the owner %s it, is succeeded, wakes up and goes on: it is fenced, and harms nothing',
    async fault => {
      const [first, second] = [BATCHES.slice(0, 8), BATCHES.slice(8)]
      const calls = await callsOf(new Map(), first)
      for (let at = 1; at <= calls; at++) {
        for (const crashes of ['both', 'neither'] as const) {
          await checkSuccession({ fault, at, crashes, first, second }).catch(error => {
            throw new Error(`At call ${at}, ${crashes} crash: ${error}`, { cause: error })
          })
        }
      }
    },
    TIMEOUT_MS,
  )

  test(
    'a crash is followed by another one while the store is opened again',
    async () => {
      const half = BATCHES.slice(0, 7)
      const calls = await callsOf(new Map(), half)
      for (const fault of ['crash torn', 'crash after'] as const) {
        for (let at = 1; at <= calls; at += 3) {
          const first: Contents = new Map()
          const ran = await run(new HostileStore(first, at, fault), half)
          const again = await callsOf(first, [])
          for (let second = 1; second <= again; second += 2) {
            const contents: Contents = new Map(first)
            await run(new HostileStore(contents, second, fault), [], 2)
            await checkAfter(contents, ran)
          }
        }
      }
    },
    TIMEOUT_MS,
  )
})
