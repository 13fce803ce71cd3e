/** The storage of docs/adapters.md, killed. */
import { expect, it } from 'vitest'
import { logStorage } from '../../docs/examples/log-storage.ts'
import type { StorageRepair } from '../../src/storage/contract.ts'
import { startProgram } from '../support/killable-program.ts'
import { checkBatches } from '../support/numbered-batches.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 12

it.skipIf(process.platform !== 'linux')(
  `The storage of the documents keeps every acknowledged batch, whole, through ${KILLS} kills`,
  async () => {
    const path = await temporaryFolder()
    const random = new SeededRandom(testSeed())
    let written = 0
    for (let kill = 1; kill <= KILLS; kill++) {
      const program = startProgram('write-to-log', path, String(written + 1), String(random.integer(1000, 200_000)))
      let [acknowledged, left] = [written, random.integer(1, 400)]
      for await (const line of program.lines) {
        acknowledged = Math.max(acknowledged, Number(line))
        left -= 1
        if (left === 0) break
      }
      await program.kill()
      const repairs: StorageRepair[] = []
      const storage = logStorage(path)
      await storage.open({ onRepair: repair => repairs.push(repair) })
      written = await checkBatches(storage, acknowledged).catch(cause => {
        throw new Error(`seed ${random.seed}, kill ${kill}`, { cause })
      })
      await storage.close()
      expect(repairs.filter(({ kind }) => kind !== 'torn-tail')).toEqual([])
    }
    expect(written).toBeGreaterThan(KILLS)
  },
  120_000,
)
