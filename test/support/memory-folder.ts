/** A folder for a test that writes much and kills no machine: in memory where the system offers that. */
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'

/**
 * Makes an empty folder, on Linux in memory: hundreds of workspaces on one disk would measure how often it can sync.
 * What a killed process wrote survives there as it does on a disk. Its maker removes it.
 */
export function memoryFolder(): Promise<string> {
  return mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'im-client-'))
}
