import * as v from 'valibot'
import { expect, test } from 'vitest'
import { memoryStorage, type StorageAdapter, type WriteOperation } from '../../../src/index.ts'
import { Ledger } from '../../../src/messaging/ledger.ts'
import { Table } from '../../../src/messaging/table.ts'
import { Collection } from '../../../src/storage/collection.ts'

const counterSchema = v.object({ name: v.string(), count: v.number() })

/** A ledger over memory storage that tells of its writes and can be made to fail. */
async function kept() {
  const batches: (readonly WriteOperation[])[] = []
  const failures: Error[] = []
  const memory = memoryStorage()
  await memory.open()
  const write: StorageAdapter['write'] = async batch => {
    batches.push(batch)
    const failure = failures.shift()
    if (failure) throw failure
    await memory.write(batch)
  }
  const storage: StorageAdapter = Object.assign(Object.create(memory), {
    get: memory.get.bind(memory),
    list: memory.list.bind(memory),
    write,
  })
  const collection = new Collection(storage, 'counters', counterSchema)
  const counters = new Table(collection, ({ name }: { name: string }) => [name])
  const ledger = new Ledger(storage)
  const add = (name: string, by = 1) =>
    ledger.transact(transaction => {
      const count = (transaction.get(counters, name)?.count ?? 0) + by
      transaction.put(counters, { name, count })
      return count
    })
  return { ledger, counters, collection, batches, failures, add }
}

test('Ledger: steps that wait become one write, each seeing those before it, one operation for each record', async () => {
  const { add, batches, counters, collection } = await kept()
  expect(await Promise.all([add('a'), add('a'), add('b'), add('a')])).toEqual([1, 2, 1, 3])
  expect(batches.map(batch => batch.length)).toEqual([2])
  expect(counters.get('a')).toEqual({ name: 'a', count: 3 })
  expect(await collection.get('a')).toEqual({ name: 'a', count: 3 })
})

test('Ledger: a step that throws undoes itself alone', async () => {
  const { ledger, counters, add } = await kept()
  const broken = ledger.transact(transaction => {
    transaction.put(counters, { name: 'a', count: 99 })
    throw new Error('mine')
  })
  const outcome = expect(broken).rejects.toThrow('mine')
  expect(await add('a')).toBe(1)
  await outcome
  expect(counters.get('a')?.count).toBe(1)
})

test('Ledger: a write that fails leaves memory as it was, rejects its steps, and the next write starts from there', async () => {
  const { failures, counters, add, ledger } = await kept()
  const effects: string[] = []
  await add('a')
  failures.push(new Error('disk'))
  const failed = [add('a', 10), ledger.transact(transaction => transaction.after(() => effects.push('told')))]
  const outcomes = await Promise.allSettled(failed)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(counters.get('a')?.count).toBe(1)
  expect(effects).toEqual([])
  expect(await add('a')).toBe(2)
})

test('Ledger: effects run in order, after the write and before the step resolves, and see what was stored', async () => {
  const { ledger, counters, batches } = await kept()
  const log: unknown[] = []
  const step = (count: number) =>
    ledger.transact(transaction => {
      transaction.put(counters, { name: 'a', count })
      transaction.after(() => log.push([counters.get('a')?.count, batches.length]))
    })
  await Promise.all([step(1).then(() => log.push('first')), step(2).then(() => log.push('second'))])
  expect(log).toEqual([[2, 1], [2, 1], 'first', 'second'])
})

test('Ledger: a record made and deleted in one group is never written', async () => {
  const { ledger, counters, batches, add } = await kept()
  const deletion = ledger.transact(transaction => transaction.delete(counters, 'a'))
  await Promise.all([add('a'), deletion, add('b').then(() => {})])
  expect(counters.get('a')?.count).toBe(1)
  await ledger.transact(transaction => {
    transaction.put(counters, { name: 'c', count: 1 })
    transaction.delete(counters, 'c')
  })
  expect(batches.length).toBe(1)
})

test('Ledger: idle resolves when nothing waits any more', async () => {
  const { ledger, add, counters } = await kept()
  void add('a').then(() => add('a'))
  await ledger.idle()
  expect(counters.get('a')?.count).toBeGreaterThan(0)
})

test('Ledger: each failed write is told from the one before, also where a storage throws the same error again', async () => {
  const { add, failures, ledger } = await kept()
  expect(ledger.failure).toBeUndefined()
  const error = new Error('The disk is gone.')
  failures.push(error, error)
  await expect(add('a')).rejects.toBe(error)
  const first = ledger.failure
  expect(first?.error).toBe(error)
  await expect(add('a')).rejects.toBe(error)
  expect(ledger.failure?.error).toBe(error)
  expect(ledger.failure).not.toBe(first)
  await add('a')
  expect(ledger.failure?.error).toBe(error) // whoever builds on what came before still has to know
})
