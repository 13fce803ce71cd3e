/** Owners come, are stopped, go on, fail and die in any order. What each was told to be safe is there at the end. */
import { expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import type { Json, Key, StorageAdapter, StorageRepair, WriteOperation } from '../../../../src/index.ts'
import { mortalProcess, stillClock } from '../../../support/hostile-store.ts'
import { Storm, StormyStore } from '../../../support/stormy-store.ts'

/** More of them were run when this was written; these take a few seconds. */
const SEEDS = 150

const LONG = '界'.repeat(300)

type State = Readonly<Record<string, Json>>

interface Attempt {
  readonly operations: readonly WriteOperation[]
  outcome: 'open' | 'told' | 'refused' | 'fenced'
}

interface Owner {
  readonly store: StormyStore
  readonly storage: StorageAdapter
  readonly attempts: Attempt[]
  /** What went wrong that must not. */
  readonly complaints: string[]
}

function batch(id: number): WriteOperation[] {
  const put = (key: Key, value: Json): WriteOperation => ({ type: 'put', key, value })
  return [
    put(['events', 'c', id], { seq: id }),
    put(['state', 'cursor'], id),
    put(['long', LONG, id % 2], id),
    put(['queue', id], 'waits'),
    { type: 'delete', key: ['queue', id - 2] },
    { type: 'delete', key: ['long', LONG, (id + 1) % 2] },
    ...(id % 4 === 0 ? [{ type: 'delete', key: ['state', 'cursor'] } as const] : []),
  ]
}

function after(batches: readonly (readonly WriteOperation[])[]): State {
  const state: Record<string, Json> = {}
  for (const operation of batches.flat()) {
    const name = JSON.stringify(operation.key)
    if (operation.type === 'put') state[name] = operation.value
    else delete state[name]
  }
  return state
}

async function stateOf(storage: StorageAdapter): Promise<State> {
  const lists = await Promise.all(['events', 'long', 'queue', 'state'].map(name => storage.list([name])))
  return Object.fromEntries(lists.flat().map(({ key, value }) => [JSON.stringify(key), value]))
}

/** All states that may be found: a batch that nobody was told of may be there only where its owner was told of none after it. */
function allowed(owners: readonly Owner[]): State[] {
  let histories: (readonly (readonly WriteOperation[])[])[] = [[]]
  for (const { attempts } of owners) {
    const last = attempts.findLastIndex(({ outcome }) => outcome === 'told')
    for (const [index, { operations, outcome }] of attempts.entries()) {
      const longer = histories.map(history => [...history, operations])
      if (outcome === 'told') histories = longer
      else if (index > last) histories = [...histories, ...longer]
    }
  }
  return histories.map(after)
}

/** Opens, writes with and without waiting, and closes, perhaps before it knows how its writes ended. */
async function live(owner: Owner, nextId: () => number, count: number): Promise<void> {
  try {
    await owner.storage.open({ onRepair: repair => owner.complaints.push(...damageOf(repair)) })
  } catch (error) {
    expect(error).toMatchObject({ name: 'IMError' })
    return
  }
  const writes: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const attempt: Attempt = { operations: batch(nextId()), outcome: 'open' }
    owner.attempts.push(attempt)
    const write = attend(owner.storage.write(attempt.operations), attempt)
    writes.push(write)
    if (index % 3 !== 2) await write
    if (attempt.outcome === 'fenced') break
  }
  if (count % 2 === 0) await Promise.all(writes)
  await Promise.all([...writes, owner.storage.close().catch(() => undefined)])
}

async function attend(writing: Promise<void>, attempt: Attempt): Promise<void> {
  try {
    await writing
    attempt.outcome = 'told'
  } catch (error) {
    attempt.outcome = (error as { readonly code?: unknown }).code === 'STORAGE_FENCED' ? 'fenced' : 'refused'
  }
}

/** Nothing is damaged here, whatever goes wrong: at most the end of the journal is torn. */
function damageOf({ kind, message }: StorageRepair): string[] {
  return kind === 'bad-journal-record' || kind === 'bad-document' ? [message] : []
}

async function weather(seed: number): Promise<void> {
  const storm = new Storm(seed, seed % 3 === 0 ? 0 : 0.02)
  const owners: Owner[] = []
  let id = 0
  for (let pid = 1; pid <= 4; pid++) {
    const store = new StormyStore(storm)
    const options = { checkpointLength: 300, clock: stillClock, process: mortalProcess(pid) }
    const owner: Owner = {
      store,
      storage: unstorageStorage(store, options),
      attempts: [],

      complaints: [],
    }
    owners.push(owner)
    const count = 3 + Math.floor(storm.draw() * 8)
    live(owner, () => ++id, count).catch((error: unknown) => owner.complaints.push(String(error)))
    const moments = Math.floor(storm.draw() * 400)
    for (let moment = 0; moment < moments && (await storm.next()); moment++) {
      const any = owners[Math.floor(storm.draw() * owners.length)]
      if (any && storm.draw() < 0.01) any.store.stopped = !any.store.stopped
    }
    if (storm.draw() < 0.4) store.kill()
    else if (storm.draw() < 0.5) store.stopped = true
  }
  for (const { store } of owners) store.stopped = false
  while (await storm.next());
  await check(storm, owners)
}

async function check(storm: Storm, owners: readonly Owner[]): Promise<void> {
  storm.failures = 0
  const states: State[] = []
  const complaints = owners.flatMap(owner => owner.complaints)
  for (const pid of [8, 9]) {
    const last = unstorageStorage(new StormyStore(storm), { clock: stillClock, process: mortalProcess(pid) })
    const read = (async () => {
      await last.open({ onRepair: repair => complaints.push(...damageOf(repair)) })
      states.push(await stateOf(last))
      await last.close()
    })()
    let done = false
    const ended = read.finally(() => {
      done = true
    })
    while (!done) await storm.next()
    await ended
  }
  expect(states[1]).toEqual(states[0])
  const orders = permutations(owners.filter(({ attempts }) => attempts.length > 0))
  expect(orders.flatMap(allowed)).toContainEqual(states[0])
  expect(complaints).toEqual([])
}

/** Owners follow each other in the order of their claims; which that was, is not seen from outside. */
function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap(first => permutations(items.filter(one => one !== first)).map(rest => [first, ...rest]))
}

test('Whatever happens, in whatever order, what was told to be safe is there, and what was refused is not', async () => {
  const failures: string[] = []
  for (let seed = 1; seed <= SEEDS; seed++) {
    await weather(seed).catch((error: Error) => failures.push(`${seed}: ${error.message.slice(0, 300)}`))
  }
  expect(failures).toEqual([])
}, 120_000)
