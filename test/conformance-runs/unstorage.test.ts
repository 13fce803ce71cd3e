/** Storage on unstorage keeps every promise of the storage contract, on every driver that runs here, of both versions. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage } from 'unstorage'
import fsLite from 'unstorage/drivers/fs-lite'
import memory from 'unstorage/drivers/memory'
import { describe, test } from 'vitest'
import { unstorageStorage } from '../../adapters/unstorage/index.ts'
import { storageConformance } from '../conformance/index.ts'

const TIMEOUT_MS = 120_000

const onMemory = {
  async create() {
    const storage = createStorage({ driver: memory() })
    return { adapter: () => unstorageStorage(storage), dispose: async () => undefined }
  },
}
const onFiles = {
  async create() {
    const base = await mkdtemp(join(tmpdir(), 'im-client-unstorage-'))
    const storage = createStorage({ driver: fsLite({ base }) })
    return { adapter: () => unstorageStorage(storage), dispose: () => rm(base, { recursive: true, force: true }) }
  },
}

describe('memory', () => {
  for (const { name, run } of storageConformance) test(name, () => run(onMemory), TIMEOUT_MS)
})
describe('fs-lite', () => {
  for (const { name, run } of storageConformance) test(name, () => run(onFiles), TIMEOUT_MS)
})
