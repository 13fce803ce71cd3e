import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { type Machine, thisMachine } from '../../../../adapters/fs/machine.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const claimOf = async (path: string) => JSON.parse(await readFile(join(path, 'im_client/owner.lock'), 'utf8')) as object

describe('the machine that is handed in', () => {
  it('says who owns the workspace, and repeats what shows that the owner lives', async () => {
    const path = await temporaryFolder()
    const repeated: number[] = []
    let ended = 0
    const machine: Machine = {
      ...thisMachine,
      host: () => 'elsewhere',
      newNonce: () => 'once',
      repeat: (_task, everyMs) => {
        repeated.push(everyMs)
        return () => void ended++
      },
    }
    const storage = fsStorage(path, { machine, clock: new ManualClock(86_400_000) })
    await storage.open()
    expect(await claimOf(path)).toMatchObject({ host: 'elsewhere', nonce: 'once', since: '1970-01-02T00:00:00.000Z' })
    expect([repeated, ended]).toEqual([[5000], 0])
    await storage.close()
    expect(ended).toBe(1)
  })
})
