/** The file-system adapter keeps every promise of the storage contract. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { type ConformanceSubject, storageConformance } from '../conformance/index.ts'

/** Bounds a test that hangs; a slow disk shared by many may take this long. */
const TIMEOUT_MS = 120_000

function subject(options: { readonly durability: 'strict' | 'relaxed' }): ConformanceSubject {
  return {
    async create() {
      const path = await mkdtemp(join(tmpdir(), 'im-client-conformance-'))
      return { adapter: () => fsStorage(path, options), dispose: () => rm(path, { recursive: true, force: true }) }
    },
  }
}

describe.each(['strict', 'relaxed'] as const)('File-system storage, %s', durability => {
  for (const { name, run } of storageConformance) test(name, () => run(subject({ durability })), TIMEOUT_MS)
})
