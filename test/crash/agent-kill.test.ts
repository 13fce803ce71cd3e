/** An agent is killed again and again while messages arrive. Each life goes on where the last one ended. */
import { expect, onTestFinished, test } from 'vitest'
import { killAgents } from '../support/agent-kills.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 40
const TIMEOUT_MS = 300_000

test(
  'An agent that is killed again and again holds every message once, and each life begins with all that the last one had',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const folder = await temporaryFolder()
    const counts = await killAgents({ kills: KILLS, random, folder, onEnd: step => onTestFinished(step) })
    process.stdout.write(`${JSON.stringify(counts)}\n`)
    expect(counts.reported).toBeGreaterThan(KILLS)
  },
  TIMEOUT_MS,
)
