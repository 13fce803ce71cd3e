/** The server is killed again and again while clients write to each other. */
import { expect, onTestFinished, test } from 'vitest'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { killServers } from '../support/server-kills.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 12
const TIMEOUT_MS = 120_000

test(
  'A server that is killed a dozen times loses no message that it accepted, gives none two numbers, and delivers each once',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const folder = await temporaryFolder()
    const counts = await killServers({ kills: KILLS, random, folder, onEnd: step => onTestFinished(step) })
    process.stdout.write(`${JSON.stringify(counts)}\n`)
    expect(counts.sent).toBeGreaterThan(KILLS)
  },
  TIMEOUT_MS,
)
