/** A real conversation, through the real server, over real WebSockets, into the files of everybody who took part. */
import { rm } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type ChatLine, hasChatLog, inChinese, readChatLog } from '../support/chat-log.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { Replay, type ReplayOptions } from '../support/replay.ts'
import { replayProblems } from '../support/replay-check.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const TIMEOUT_MS = 240_000

/** Waits between attempts that suit a server on the same machine. */
const CLIENT = { backoff: { baseMs: 50, capMs: 500 }, closeGraceMs: 0 }

const KILLS = 5

/** A participant's share of the conversation is some 500 kB: each is cut several times. */
const CUT_WITHIN_BYTES = 150_000

test.skipIf(!hasChatLog())(
  'A replayed conversation is in the files of all its participants, in the order of its lines',
  async () => {
    const lines = await conversation()
    const server = await startServer()
    const replay = await replayed(lines, { url: server.url })
    expect(replay.counts.duplicates).toBe(0)
  },
  TIMEOUT_MS,
)

test.skipIf(!hasChatLog())(
  'A replayed conversation loses and repeats nothing while the server is killed and connections are cut',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const lines = await conversation()
    const server = await startServer()
    const proxy = await startProxy(server, random)
    const kills = new Set(Array.from({ length: KILLS }, (_, n) => Math.floor(((n + 0.5) * lines.length) / KILLS)))
    const beforeLine = async (sent: number) => {
      if (!kills.has(sent)) return
      await server.kill()
      await server.start()
    }
    const replay = await replayed(lines, { url: proxy.url, beforeLine })
    process.stdout.write(`server killed ${KILLS} times, ${proxy.cuts} connections cut\n`)
    expect(proxy.cuts).toBeGreaterThan(replay.participants.length)
    expect(replay.counts.reconnects).toBeGreaterThanOrEqual(KILLS * replay.participants.length)
  },
  TIMEOUT_MS,
)

test.skipIf(!hasChatLog())(
  'A conversation in Chinese, of accounts with Chinese names, arrives as it is',
  async () => {
    const lines = inChinese((await conversation()).slice(0, 300))
    const server = await startServer()
    await replayed(lines, { url: server.url })
  },
  TIMEOUT_MS,
)

async function conversation(): Promise<ChatLine[]> {
  const [first = []] = await readChatLog()
  return first
}

async function startServer(): Promise<ServerProcess> {
  const server = new ServerProcess({ dataPath: await temporaryFolder() })
  onTestFinished(() => server.kill())
  await server.start()
  return server
}

async function startProxy(server: ServerProcess, random: SeededRandom): Promise<FaultProxy> {
  const proxy = new FaultProxy(server.port, random)
  await proxy.listen()
  onTestFinished(() => proxy.close())
  proxy.faults = { cutWithinBytes: CUT_WITHIN_BYTES }
  return proxy
}

/** Replays to the end, prints what it came to, and reads the files. */
async function replayed(lines: readonly ChatLine[], options: Partial<ReplayOptions> & { url: string }) {
  const folder = await memoryFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const replay = new Replay({ client: CLIENT, conversations: [lines], folder, ...options })
  onTestFinished(() => replay.close())
  await replay.open()
  await replay.send()
  await replay.complete()
  await expectFound(replay, lines)
  await replay.close()
  process.stdout.write(`${lines.length} lines, ${replay.participants.length} participants: `)
  process.stdout.write(`${JSON.stringify(replay.counts)}\n`)
  expect(await replayProblems(replay, [lines])).toEqual([])
  expect(replay.errors).toEqual([])
  expect(replay.counts.sent).toBe(lines.length)
  expect(replay.counts.delivered).toBe(lines.length * (replay.participants.length - 1))
  return replay
}

/** The last participant finds a word that was said once, in the right conversation. */
async function expectFound(replay: Replay, lines: readonly ChatLine[]): Promise<void> {
  const { word, id } = rareWord(lines)
  const found = await replay.participants.at(-1)?.client.searchMessages({ text: word })
  expect(found?.map(message => [message.id, message.conversationId])).toEqual([[id, replay.groupOf(lines)]])
}

/** A word that occurs in one line only, also as a part of others. */
function rareWord(lines: readonly ChatLine[]): { word: string; id: string } {
  const texts = lines.map(({ text }) => text.toLowerCase())
  const words = lines.flatMap(({ text, id }) => text.split(/[^\p{L}]+/u).map(word => ({ word, id })))
  const rare = words
    .filter(({ word }) => word.length > 5 && word.length < 30)
    .find(({ word }) => texts.filter(text => text.includes(word.toLowerCase())).length === 1)
  if (!rare) throw new Error('Every word of the conversation is said twice.')
  return rare
}
