/** A real conversation, through the real server, over real WebSockets, into the files of everybody who took part. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ChatLine, hasChatLog, inChinese, readChatLog } from '../support/chat-log.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { Replay, type ReplayOptions } from '../support/replay.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { checkWorkspace } from '../support/workspace-check.ts'

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
    const replay = await replayed({ lines, url: server.url, folder: await temporaryFolder() })
    await expectWhole(replay, lines)
    expect(replay.counts.duplicates).toBe(0)
    expect(replay.errors).toEqual([])
  },
  TIMEOUT_MS,
)

test.skipIf(!hasChatLog())(
  'A replayed conversation loses and repeats nothing while the server is killed and connections are cut',
  async () => {
    const random = new SeededRandom(testSeed())
    const lines = await conversation()
    const server = await startServer()
    const proxy = new FaultProxy(server.port, random)
    await proxy.listen()
    onTestFinished(() => proxy.close())
    proxy.faults = { cutWithinBytes: CUT_WITHIN_BYTES }
    const kills = new Set(Array.from({ length: KILLS }, (_, n) => Math.floor(((n + 0.5) * lines.length) / KILLS)))
    const beforeLine = async (index: number) => {
      if (!kills.has(index)) return
      await server.kill()
      await server.start()
    }
    const replay = await replayed({ lines, url: proxy.url, folder: await temporaryFolder(), beforeLine })
    process.stdout.write(`seed ${random.seed}, ${proxy.cuts} connections cut, server killed ${KILLS} times\n`)
    await expectWhole(replay, lines)
    expect(proxy.cuts).toBeGreaterThan(0)
    expect(replay.counts.reconnects).toBeGreaterThanOrEqual(KILLS * replay.participants.length)
  },
  TIMEOUT_MS,
)

test.skipIf(!hasChatLog())(
  'A conversation in Chinese, of accounts with Chinese names, arrives as it is',
  async () => {
    const lines = inChinese((await conversation()).slice(0, 300))
    const server = await startServer()
    const replay = await replayed({ lines, url: server.url, folder: await temporaryFolder() })
    await expectWhole(replay, lines)
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

/** Replays to the end, looks for a rare word, closes, and prints what it came to. */
async function replayed(options: ReplayOptions): Promise<Replay> {
  const replay = new Replay({ client: CLIENT, ...options })
  onTestFinished(() => replay.close())
  await replay.open()
  await replay.send()
  await replay.complete()
  await expectFound(replay, options.lines)
  await replay.close()
  process.stdout.write(`${options.lines.length} lines, ${replay.participants.length} participants: `)
  process.stdout.write(`${JSON.stringify(replay.counts)}\n`)
  return replay
}

async function expectFound(replay: Replay, lines: readonly ChatLine[]): Promise<void> {
  const { word, id } = rarestWord(lines)
  const found = await replay.participants.at(-1)?.client.searchMessages({ text: word })
  expect(found?.map(message => [message.id, message.conversationId])).toEqual([[id, replay.groupId]])
}

/** The longest word that is said once, and by whom nobody else's word contains it. */
function rarestWord(lines: readonly ChatLine[]): { word: string; id: string } {
  const texts = lines.map(({ text }) => text.toLowerCase())
  const words = lines.flatMap(({ text, id }) => text.split(/[^\p{L}]+/u).map(word => ({ word, id })))
  const rare = words
    .filter(({ word }) => word.length > 5 && word.length < 30)
    .find(({ word }) => texts.filter(text => text.includes(word.toLowerCase())).length === 1)
  if (!rare) throw new Error('Every word of the conversation is said twice.')
  return rare
}

/** Every participant's file holds the whole conversation: every line once, in order, to the byte. */
async function expectWhole(replay: Replay, lines: readonly ChatLine[]): Promise<void> {
  const said = lines.map(({ id, from, text, replyTo }) => ({ id, from, text, replyTo }))
  for (const { workspace, name } of replay.participants) {
    const { problems, conversations } = await checkWorkspace(join(workspace, 'im_client'))
    expect(problems, name).toEqual([])
    const [beginning, ...messages] = conversations.get(replay.groupId) ?? []
    expect([...conversations.keys()], name).toEqual([replay.groupId])
    expect(beginning, name).toMatchObject({ type: 'membership', seq: 1, title: lines[0]?.conversation })
    expect(
      messages.map(({ id, from, text, replyTo }) => ({ id, from, text, replyTo })),
      name,
    ).toEqual(said)
  }
  expect(replay.counts.sent).toBe(lines.length)
  expect(replay.counts.delivered).toBe(lines.length * (replay.participants.length - 1))
}
