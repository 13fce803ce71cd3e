/** Storage in a Redis server on this machine, by unstorage. */
import { createStorage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'
import { unstorageStorage } from '../../../adapters/unstorage/index.ts'
import type { StorageAdapter } from '../../../src/index.ts'

/** See the head of this file. Its connection ends with `close`, so that a process can. */
export function redisStorage(port: number): StorageAdapter {
  const store = createStorage({ driver: redisDriver({ host: '127.0.0.1', port }) })
  const storage = unstorageStorage(store, { durability: 'strict' })
  const close = storage.close.bind(storage)
  return Object.assign(storage, {
    async close() {
      await close()
      await store.dispose()
    },
  })
}
