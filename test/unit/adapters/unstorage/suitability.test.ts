/** What is refused, why, and what is said of what is not. */
import { createStorage } from 'unstorage'
import fsLite from 'unstorage/drivers/fs-lite'
import lruCache from 'unstorage/drivers/lru-cache'
import memory from 'unstorage/drivers/memory'
import nullDriver from 'unstorage/drivers/null'
import overlay from 'unstorage/drivers/overlay'
import { createStorage as createStorage2 } from 'unstorage-2'
import lruCache2 from 'unstorage-2/drivers/lru-cache'
import { describe, expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'

const named = (name: string, options: object = {}) => ({ ...memory(), name, options })

function refusalOf(make: () => unknown): unknown {
  try {
    make()
    return 'accepted'
  } catch (error) {
    return error
  }
}

describe('A driver is refused', () => {
  test.each([
    ['evicts', () => createStorage({ driver: lruCache({}) })],
    ['evicts', () => createStorage2({ driver: lruCache2({}) })],
    ['evicts', () => createStorage({ driver: nullDriver() })],
    ['evicts', () => createStorage({ driver: overlay({ layers: [lruCache({}), memory()] }) })],
    ['evicts', () => createStorage({ driver: overlay({ layers: [memory(), lruCache({})] }) })],
    ['evicts', () => createStorage({ driver: memory() }).mount('im-client', lruCache({}))],
    ['evicts', () => createStorage({ driver: memory() }).mount('im-client:e', lruCache({}))],
    ['evicts', () => createStorage({ driver: named('vercel-runtime-cache') })],
    ['expires', () => createStorage({ driver: named('redis', { ttl: 60 }) })],
    ['read-only', () => createStorage({ driver: fsLite({ base: '/tmp/none', readOnly: true }) })],
    ['read-only', () => createStorage({ driver: { ...memory(), setItem: undefined as never } })],
    ['eventual', () => createStorage({ driver: named('cloudflare-kv-binding') })],
    ['eventual', () => createStorage({ driver: named('netlify-blobs') })],
  ])('that %s, with that reason', (reason, make) => {
    const error = refusalOf(() => unstorageStorage(make()))
    expect(error).toMatchObject({ name: 'IMError', code: 'STORAGE_UNSUITABLE', retryable: false, details: { reason } })
  })

  test('at open too, where it was mounted meanwhile', async () => {
    const storage = createStorage({ driver: memory() })
    const adapter = unstorageStorage(storage)
    storage.mount('im-client', lruCache({}))
    await expect(adapter.open()).rejects.toMatchObject({ code: 'STORAGE_UNSUITABLE' })
  })

  test('not where it is mounted elsewhere', async () => {
    const storage = createStorage({ driver: memory() })
    storage.mount('cache', lruCache({}))
    await unstorageStorage(storage).open()
  })
})

describe('What holds is said', () => {
  test('of memory: nothing survives', () => {
    const { durability, facts } = unstorageStorage(createStorage())
    expect(durability).toBe('none')
    expect(facts).toEqual({
      drivers: ['memory'],
      durable: false,
      atomicMultiKey: false,
      compareAndSwap: false,
      consistency: 'strong',
    })
  })

  test('of files: they survive the process', () => {
    const { durability, facts } = unstorageStorage(createStorage({ driver: fsLite({ base: '/tmp/none' }) }))
    expect([durability, facts.durable, facts.consistency]).toEqual(['relaxed', true, 'strong'])
  })

  test('as the caller knows better', () => {
    const { durability } = unstorageStorage(createStorage({ driver: named('redis') }), { durability: 'strict' })
    expect(durability).toBe('strict')
    const driver = named('cloudflare-kv-binding')
    expect(unstorageStorage(createStorage({ driver }), { consistency: 'eventual' }).facts.consistency).toBe('eventual')
    expect(
      unstorageStorage(createStorage({ driver: named('netlify-blobs', { consistency: 'strong' }) })).durability,
    ).toBe('relaxed')
  })

  test.each(['', 'A', 'a:', ':a', 'a b', 'a/b', 'a$'])('A base of %j is refused', base => {
    expect(() => unstorageStorage(createStorage(), { base })).toThrow(TypeError)
  })
})
