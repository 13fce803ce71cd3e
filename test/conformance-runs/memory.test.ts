/** Memory storage keeps every promise of the storage contract. */
import { describe, test } from 'vitest'
import { memoryDisk, memoryStorage } from '../../src/index.ts'
import { storageConformance } from '../conformance/index.ts'

const subject = {
  async create() {
    const disk = memoryDisk()
    return { adapter: () => memoryStorage(disk), dispose: async () => undefined }
  },
}

describe('Memory storage', () => {
  for (const { name, run } of storageConformance) test(name, () => run(subject))
})
