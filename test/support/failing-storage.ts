/** Storage that fails when a test wants it to: over memory, with every promise of the contract otherwise. */
import { IMError, memoryDisk, memoryStorage, type StorageAdapter } from 'im-client'

/** What a test turns. */
export interface FailingStorage extends StorageAdapter {
  /** How many of the next writes are rejected. */
  failures: number
  /** How. */
  code: 'STORAGE_IO' | 'STORAGE_FULL'
  /** While set, writes wait for it. */
  gate: Promise<void> | undefined
}

/** Storage over a disk of its own, or over one that is given. */
export function failingStorage(disk = memoryDisk()): FailingStorage {
  const memory = memoryStorage(disk)
  return {
    failures: 0,
    code: 'STORAGE_IO',
    gate: undefined,
    durability: memory.durability,
    views: memory.views,
    open: options => memory.open(options),
    get: key => memory.get(key),
    list: (prefix, options) => memory.list(prefix, options),
    close: () => memory.close(),
    async write(batch) {
      await this.gate
      if (this.failures > 0) {
        this.failures -= 1
        throw new IMError(this.code, 'The device failed, as the test wants it.')
      }
      await memory.write(batch)
    },
  }
}
