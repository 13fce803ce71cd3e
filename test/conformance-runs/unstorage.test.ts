/** Storage on unstorage keeps every promise of the storage contract, on every driver that runs here, of both versions. */
import { afterAll, beforeAll, describe, test } from 'vitest'
import { unstorageStorage } from '../../adapters/unstorage/index.ts'
import { type ConformanceSubject, storageConformance } from '../conformance/index.ts'
import { hasRedis } from '../support/redis-process.ts'
import { RedisStores, STORES, type StoreMaker } from '../support/unstorage-drivers.ts'

/** Bounds a test that hangs; a slow disk shared by many may take this long. */
const TIMEOUT_MS = 120_000

function subject(make: StoreMaker): ConformanceSubject {
  return {
    async create() {
      const { storage, dispose } = await make()
      return { adapter: () => unstorageStorage(storage), dispose }
    },
  }
}

describe.concurrent.each(Object.keys(STORES))('Storage on unstorage, %s', kind => {
  for (const { name, run } of storageConformance) {
    test(name, () => run(subject(STORES[kind] as StoreMaker)), TIMEOUT_MS)
  }
})

if (!hasRedis()) console.warn('Redis is not tested: there is no redis-server here (apt-get install redis-server).')

describe.skipIf(!hasRedis()).concurrent.each(['1.17', '2.0'] as const)(
  'Storage on unstorage, a Redis server, %s',
  version => {
    let server: RedisStores

    beforeAll(async () => {
      server = await RedisStores.start()
    })
    afterAll(() => server.stop())

    for (const { name, run } of storageConformance) {
      test(name, () => run(subject(() => server.maker(version)())), TIMEOUT_MS)
    }
  },
)
