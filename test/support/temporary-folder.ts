/** A folder for one test, removed at its end. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty folder below the system's temporary folder, and has it removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'im-client-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
