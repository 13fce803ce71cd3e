/** Storage in memory that the tabs of a browser share: its views come in by the wire between tabs. */
import { type MemoryDisk, memoryStorage, type StorageAdapter } from 'im-client'
import { TabLock } from '../../adapters/indexeddb/tab-lock.ts'
import { tabViews } from '../../adapters/indexeddb/views.ts'

/** Storage over a disk, under a name that all tabs share who share the disk. */
export function tabStorage(disk: MemoryDisk, name: string): StorageAdapter {
  const memory = memoryStorage(disk)
  const lock = new TabLock(name)
  return {
    durability: memory.durability,
    views: tabViews(lock),
    async open({ onLost = () => {}, ...options } = {}) {
      await lock.acquire({ onLost, confirm: async () => {}, rest: () => {} })
      await memory.open(options)
    },
    get: key => memory.get(key),
    list: (prefix, options) => memory.list(prefix, options),
    write: batch => memory.write(batch),
    async close() {
      await memory.close()
      await lock.release()
    },
  }
}
