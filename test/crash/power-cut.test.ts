/** The power of a disk is cut while a program writes to it. Runs as root on Linux, with loop devices and xfsprogs. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { PoweredDisk, whyNoPowerCuts } from '../support/power-cuts.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'

const CUTS = 3
/** The system writes of its own accord now and then: a cut just after that loses nothing. */
const MOST_RELAXED_CUTS = 20
const TIMEOUT_MS = 60_000

const why = whyNoPowerCuts()
if (why) process.stdout.write(`skipped, power cuts: ${why}\n`)

async function poweredDisk(durability: 'strict' | 'relaxed'): Promise<PoweredDisk> {
  const disk = new PoweredDisk({ fileSystem: 'ext4', durability, random: new SeededRandom(testSeed()) })
  onTestFinished(() => disk.end())
  await disk.start()
  return disk
}

describe.skipIf(why !== undefined)('A workspace whose power is cut', () => {
  it(
    'has every batch that was acknowledged, whole and in order',
    async () => {
      const disk = await poweredDisk('strict')
      for (let cut = 1; cut <= CUTS; cut++) {
        const { acknowledged, found } = await disk.cut()
        expect(found).toBeGreaterThanOrEqual(acknowledged)
      }
    },
    TIMEOUT_MS,
  )

  it(
    'lacks batches where durability is relaxed: the test can tell',
    async () => {
      const disk = await poweredDisk('relaxed')
      let lost = 0
      for (let cut = 1; lost === 0 && cut <= MOST_RELAXED_CUTS; cut++) {
        const { acknowledged, found } = await disk.cut()
        lost = Math.max(0, acknowledged - found)
      }
      expect(lost).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )
})
