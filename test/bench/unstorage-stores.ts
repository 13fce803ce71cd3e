/** What storage on unstorage costs, by driver: `npm run bench:unstorage`. Prints the table of `docs/storage.md`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStorage } from '../../adapters/fs/index.ts'
import { unstorageStorage } from '../../adapters/unstorage/index.ts'
import type { StorageAdapter, WriteOperation } from '../../src/index.ts'
import { hasRedis } from '../support/redis-process.ts'
import { RedisStores, STORES, type StoreMaker } from '../support/unstorage-drivers.ts'
import { machineLine } from './report.ts'

const ENTRIES = 10_000
const SINGLE_WRITES = 200
const NEWEST = 50
const TEXT = 'a message of the length that messages have, as a rule, in this house'.repeat(3)

function message(seq: number): WriteOperation[] {
  const value = { seq, id: `event-${seq}`, type: 'message', senderId: 'agent_001', text: TEXT }
  return [
    { type: 'put', key: ['events', 'conversation', seq], value },
    { type: 'put', key: ['conversations', 'conversation'], value: { head: seq, read: seq } },
  ]
}

async function timed(step: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await step()
  return performance.now() - start
}

function median(samples: readonly number[]): string {
  const sorted = [...samples].sort((a, b) => a - b)
  return `${Number((sorted[sorted.length >> 1] ?? 0).toPrecision(2))} ms`
}

async function measure(make: () => StorageAdapter): Promise<string[]> {
  const first = make()
  await first.open()
  for (let seq = 0; seq < ENTRIES; seq += 100) {
    await first.write(Array.from({ length: 100 }, (_, index) => message(seq + index)).flat())
  }
  const writes: number[] = []
  for (let count = 0; count < SINGLE_WRITES; count++) {
    writes.push(await timed(() => first.write(message(ENTRIES + count))))
  }
  await first.close()
  const opens: number[] = []
  const lists: number[] = []
  for (let round = 0; round < 5; round++) {
    const next = make()
    opens.push(await timed(() => next.open()))
    lists.push(await timed(() => next.list(['events', 'conversation'], { limit: NEWEST, reverse: true })))
    await next.close()
  }
  return [median(writes), median(opens), median(lists)]
}

async function measureStore(name: string, make: StoreMaker): Promise<void> {
  const { storage, dispose } = await make()
  print([name, ...(await measure(() => unstorageStorage(storage)))])
  await dispose()
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

process.stdout.write(`${machineLine()}\n\n`)
print(['driver', 'write one message', 'open with 10,000 entries', 'list the newest 50'])
print(['---', '---:', '---:', '---:'])
for (const [name, make] of Object.entries(STORES)) {
  if (name.endsWith('1.17')) await measureStore(name, make)
}
if (hasRedis()) {
  const server = await RedisStores.start()
  await measureStore('redis, 1.17, a socket, appendfsync everysec', server.maker('1.17'))
  await server.stop()
}
const folder = await mkdtemp(join(tmpdir(), 'im-client-bench-'))
print(['for comparison: adapters/fs, relaxed', ...(await measure(() => fsStorage(folder, { durability: 'relaxed' })))])
await rm(folder, { recursive: true, force: true })
