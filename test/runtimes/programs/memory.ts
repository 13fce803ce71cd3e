/** Memory storage, as a suite takes it. */
import { memoryDisk, memoryStorage } from 'im-client'
import type { ConformanceSubject } from 'im-client/conformance'

/** See the head of this file. */
export const memory: ConformanceSubject = {
  async create() {
    const disk = memoryDisk()
    return { adapter: () => memoryStorage(disk), dispose: async () => undefined }
  },
}
