/** The storage that docs/adapters.md shows keeps every promise of the storage contract. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { logStorage } from '../../docs/examples/log-storage.ts'
import { storageConformance } from '../conformance/index.ts'

const GROWTH_BYTES = 100_000

function subject(growth?: number) {
  return {
    async create() {
      const path = await mkdtemp(join(tmpdir(), 'im-client-log-'))
      return { adapter: () => logStorage(path, growth), dispose: () => rm(path, { recursive: true, force: true }) }
    },
  }
}

describe.skipIf(process.platform !== 'linux').each([
  ['as it is', undefined],
  ['written anew all the time', GROWTH_BYTES],
])('The storage of the documents, %s', (_, growth) => {
  for (const { name, run } of storageConformance) test(name, () => run(subject(growth)), 60_000)
})
