/** Storage in memory whose owner can be deprived of it, as happens to a process that was suspended for too long. */
import { IMError, type MemoryDisk, memoryStorage, type OpenOptions, type StorageAdapter } from 'im-client'

/** What a test takes away. */
export interface StealableStorage extends StorageAdapter {
  /** Frees the disk for another owner. `told`: the present one is told of it; otherwise its next write finds out. */
  steal(options?: { readonly told?: boolean }): void
  /** Tells the owner that was deprived. */
  tell(): void
  /** How often it was opened. */
  readonly opened: number
}

/** Storage over a disk. Opened anew after it was stolen, it is the owner's again. */
export function stealableStorage(disk: MemoryDisk): StealableStorage {
  const memory = memoryStorage(disk)
  const fenced = new IMError('STORAGE_FENCED', 'Another has taken over, as the test wants it.')
  let isStolen = false
  let opened = 0
  let options: OpenOptions | undefined
  return {
    durability: memory.durability,
    views: memory.views,
    async open(given) {
      await memory.open(given)
      opened += 1
      isStolen = false
      options = given
    },
    get: key => (isStolen ? Promise.reject(fenced) : memory.get(key)),
    list: (prefix, query) => (isStolen ? Promise.reject(fenced) : memory.list(prefix, query)),
    write: batch => (isStolen ? Promise.reject(fenced) : memory.write(batch)),
    close: () => memory.close(),
    steal({ told = true } = {}) {
      isStolen = true
      disk.owner = undefined
      disk.accept = undefined
      if (told) this.tell()
    },
    tell: () => options?.onLost?.(fenced),
    get opened() {
      return opened
    },
  }
}
