/** Workspace folders, as a suite takes them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStorage } from 'im-client/adapters/fs'
import type { ConformanceSubject } from 'im-client/conformance'

/** See the head of this file. */
export const files: ConformanceSubject = {
  async create() {
    const path = await mkdtemp(join(tmpdir(), 'im-client-runtimes-'))
    return { adapter: () => fsStorage(path), dispose: () => rm(path, { recursive: true, force: true }) }
  },
}
