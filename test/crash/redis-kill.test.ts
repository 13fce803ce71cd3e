/** An agent whose storage is a Redis server is killed again and again, and the server with it now and then. */
import { expect, onTestFinished, test } from 'vitest'
import { RedisHome } from '../support/agent-home.ts'
import { killAgents } from '../support/agent-kills.ts'
import { hasRedis } from '../support/redis-process.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** As many as take some 20 s; `REDIS_KILLS=100` for more. */
const KILLS = Number(process.env['REDIS_KILLS'] ?? 10)
const TIMEOUT_MS = 60_000 + KILLS * 5_000

const there = hasRedis()
if (!there) process.stderr.write('Left out: there is no redis-server (Debian: apt-get install redis-server).\n')

test.skipIf(!there)(
  'An agent in Redis that is killed again and again holds, works on and answers every message once',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const folder = await temporaryFolder()
    const home = await RedisHome.start(`${folder}/redis`)
    onTestFinished(() => home.stop())
    const counts = await killAgents({ kills: KILLS, random, folder, onEnd: step => onTestFinished(step) }, home)
    process.stdout.write(`${JSON.stringify({ ...counts, redisKills: home.kills })}\n`)
    expect(counts.reported).toBeGreaterThan(KILLS)
  },
  TIMEOUT_MS,
)
