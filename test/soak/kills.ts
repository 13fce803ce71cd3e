/**
 * Kills real processes under load, many more times than the tests do.
 *
 *   npm run soak:kills -- [--agent <kills>] [--server <kills>] [--power <cuts>] [--seed <n>]
 *
 * Progress goes to standard error, the counts to standard output. Ends with 1 where anything was lost or came twice.
 */
import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { killAgents } from '../support/agent-kills.ts'
import type { KillLoop } from '../support/kill-loop.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { cutPower } from '../support/power-cuts.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { killServers } from '../support/server-kills.ts'

const { values } = parseArgs({
  options: {
    agent: { type: 'string', default: '0' },
    server: { type: 'string', default: '0' },
    power: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(testSeed()) },
  },
})

await run('agent', killAgents)
await run('server', killServers)
await run('power', cutPower)

/** Runs one loop, and tells how it went. */
async function run(name: 'agent' | 'server' | 'power', loop: (options: KillLoop) => Promise<object>): Promise<void> {
  const kills = Number(values[name])
  if (kills === 0) return
  const random = new SeededRandom(Number(values.seed))
  const folder = await memoryFolder()
  const startedAt = performance.now()
  const seconds = () => Math.round((performance.now() - startedAt) / 1000)
  const ends: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const onKill = (kill: number) => {
    if (kill % 10 === 0) process.stderr.write(`${name}: ${kill} of ${kills} kills, ${seconds()} s\n`)
  }
  try {
    const counts = await loop({ kills, random, folder, onKill, onEnd: step => ends.unshift(step) })
    process.stdout.write(`${name}: nothing lost, nothing twice: ${JSON.stringify({ ...counts, seconds: seconds() })}\n`)
  } catch (error) {
    process.stdout.write(`${name}: failed, seed ${random.seed}: ${error instanceof Error ? error.stack : error}\n`)
    process.exitCode = 1
  } finally {
    for (const end of ends) await end().catch(error => process.stderr.write(`${error}\n`))
  }
}
