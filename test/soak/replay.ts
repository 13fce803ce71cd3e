/**
 * Replays all conversations of the chat log at once: more than a thousand clients in one process, 1.5 million deliveries.
 *
 *   npm run soak:replay -- [--conversations <n>] [--lines <n>] [--kills <n>] [--cut <bytes>] [--seed <n>]
 *
 * Progress goes to standard error, the counts to standard output. Ends with 1 where anything was lost or came twice.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasChatLog, readChatLog } from '../support/chat-log.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { Replay } from '../support/replay.ts'
import { replayProblems } from '../support/replay-check.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '10' },
    lines: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '0' },
    cut: { type: 'string' },
    seed: { type: 'string', default: String(testSeed()) },
  },
})

const PROGRESS_MS = 2000
const CLIENT = { backoff: { baseMs: 100, capMs: 5000 }, closeGraceMs: 0 }

/** Everybody connects and acknowledges from one machine. */
const LIMITS = { requestsPerSecond: 100_000, requestBurst: 100_000 }

const folder = await memoryFolder()
try {
  if (hasChatLog()) process.exitCode = await soak()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function soak(): Promise<number> {
  const all = await readChatLog()
  const conversations = all.slice(0, Number(values.conversations)).map(lines => lines.slice(0, Number(values.lines)))
  const random = new SeededRandom(Number(values.seed))
  const server = new ServerProcess({ dataPath: join(folder, 'server'), limits: LIMITS })
  await server.start()
  const proxy = new FaultProxy(server.port, random)
  await proxy.listen()
  if (values.cut !== undefined) proxy.faults = { cutWithinBytes: Number(values.cut) }
  const total = conversations.reduce((sum, lines) => sum + lines.length, 0)
  const beforeLine = killer(server, total)
  const replay = new Replay({ conversations, folder, url: proxy.url, client: CLIENT, beforeLine })
  const progress = setInterval(() => report(replay, total), PROGRESS_MS)
  await replay.open()
  await replay.send()
  await replay.complete()
  clearInterval(progress)
  await replay.close()
  await proxy.close()
  await server.stop()
  const problems = await replayProblems(replay, conversations)
  const participants = replay.participants.length
  process.stdout.write(`${JSON.stringify({ seed: random.seed, participants, cuts: proxy.cuts, ...replay.counts })}\n`)
  for (const problem of [...replay.errors, ...problems].slice(0, 100)) process.stderr.write(`${problem}\n`)
  return problems.length > 0 || replay.counts.delivered !== expectedDeliveries(replay, total) ? 1 : 0
}

/** Kills the server at evenly spread lines, and starts it anew. */
function killer(server: ServerProcess, total: number): (sent: number) => Promise<void> {
  let left = Number(values.kills)
  const every = total / (left + 1)
  let next = every
  return async sent => {
    if (left === 0 || sent < next) return
    left -= 1
    next += every
    await server.kill()
    await server.start()
  }
}

function expectedDeliveries({ participants }: Replay, total: number): number {
  return participants.reduce((sum, { expected }) => sum + expected, 0) - total
}

function report({ counts, errors }: Replay, total: number): void {
  const { sent, delivered, reconnects } = counts
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
  process.stderr.write(
    `${sent}/${total} sent, ${delivered} delivered, ${reconnects} reconnects, ${errors.length} errors, ${memory} MiB\n`,
  )
}
