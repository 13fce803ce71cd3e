/** The connection to the database breaks in every way that browsers know, and what was acknowledged stays true. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newName, opened, outcomeOf, put } from './places.ts'
import { disturb, type Spy, spyOnIndexedDB } from './spy.ts'

let spy: Spy

beforeEach(() => {
  spy = spyOnIndexedDB()
})

afterEach(() => spy.restore())

describe('A connection', () => {
  test('that was closed under the storage is replaced, for writing and for reading', async () => {
    const storage = await opened(newName())
    await storage.write([put(['place', 1], 'before')])
    spy.connections.at(-1)?.close()
    await storage.write([put(['place', 2], 'after')])
    spy.connections.at(-1)?.close()
    const entries = await storage.list(['place'])
    expect(entries.map(({ value }) => value)).toEqual(['before', 'after'])
    expect(spy.connections.length).toBe(3)
  })

  test('that the browser reports as terminated is not used again', async () => {
    const storage = await opened(newName())
    const [first] = spy.connections
    first?.dispatchEvent(new Event('close'))
    await storage.write([put(['place', 1], 'after')])
    expect(spy.connections.length).toBe(2)
    expect(spy.transactions.at(-1)?.db).toBe(spy.connections[1])
  })

  test('that was replaced is not heard any more', async () => {
    const storage = await opened(newName())
    const [first] = spy.connections
    first?.close()
    await storage.write([put(['place', 1], 'a')])
    first?.dispatchEvent(new Event('close'))
    await storage.write([put(['place', 2], 'b')])
    expect(spy.connections.length).toBe(2)
  })

  test('is replaced once for all calls that it fails', async () => {
    const storage = await opened(newName())
    await storage.write([put(['place', 1], 'before')])
    spy.connections.at(-1)?.close()
    const reads = Array.from({ length: 20 }, () => storage.get(['place', 1]))
    await storage.write([put(['place', 2], 'after')])
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['before']))
    expect(spy.connections.length).toBe(2)
  })

  test('that breaks while the storage is being closed stays closed', async () => {
    const storage = await opened(newName())
    spy.connections.at(-1)?.close()
    const read = outcomeOf(storage.get(['place', 1]))
    await storage.close()
    expect(await read).toBe('STORAGE_CLOSED')
    expect(spy.connections.length).toBe(1)
  })
})

describe('A transaction', () => {
  test('that the browser aborts is tried once more, and takes effect once', async () => {
    const storage = await opened(newName())
    disturb(spy, 1, transaction => queueMicrotask(() => transaction.abort()))
    await Promise.all([storage.write([put(['place', 1], 'a')]), storage.write([put(['place', 2], 'b')])])
    expect((await storage.list(['place'])).map(({ value }) => value)).toEqual(['a', 'b'])
  })

  test('that is aborted again is rejected, has no effect, and does not keep the next one back', async () => {
    const storage = await opened(newName())
    disturb(spy, 2, transaction => queueMicrotask(() => transaction.abort()))
    expect(await outcomeOf(storage.write([put(['place', 1], 'a')]))).toBe('STORAGE_IO')
    expect(await storage.list(['place'])).toEqual([])
    await storage.write([put(['place', 1], 'later')])
    expect(await storage.get(['place', 1])).toBe('later')
  })

  test('in which a request cannot be made leaves nothing of those before it', async () => {
    const storage = await opened(newName())
    const { put: request } = IDBObjectStore.prototype
    let calls = 0
    IDBObjectStore.prototype.put = function (...parameters) {
      if (++calls === 3) throw new DOMException('planted', 'DataError')
      return request.apply(this, parameters)
    }
    const batch = [1, 2, 3, 4].map(number => put(['place', number], number))
    const outcome = await outcomeOf(storage.write(batch))
    IDBObjectStore.prototype.put = request
    expect(outcome).toBe('STORAGE_IO')
    expect(await storage.list(['place'])).toEqual([])
  })

  test('is complete before its write resolves', async () => {
    const storage = await opened(newName())
    const seen: string[] = []
    spy.onWrite = transaction => transaction.addEventListener('complete', () => seen.push('complete'))
    await storage.write([put(['place', 1], 'a')]).then(() => seen.push('resolved'))
    expect(seen).toEqual(['complete', 'resolved'])
  })

  test.each(['strict', 'relaxed'] as const)('is %s where the storage is', async durability => {
    const storage = await opened(newName(), { durability })
    await storage.write([put(['place', 1], 'a')])
    expect(spy.transactions.at(-1)?.durability).toBe(durability)
    expect(storage.durability).toBe(durability)
  })

  test('takes everything that was written while the one before it was being saved', async () => {
    const storage = await opened(newName())
    const before = spy.transactions.length
    await Promise.all(Array.from({ length: 200 }, (_, index) => storage.write([put(['place', index], index)])))
    expect(spy.transactions.length - before).toBeLessThanOrEqual(2)
  })
})
