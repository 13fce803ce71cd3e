/** The newest page of a long conversation and of a short one, and opening a workspace full of conversations. */
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient, type StorageAdapter } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { alternate, type BenchContext, type Benchmark, median, type Row, timed } from './measure.ts'
import { writeLog } from './sample.ts'
import { sampleMessage } from './sample-message.ts'

const LONG = 1_000_000
const PAGE = 50
const READS = 200
const CONVERSATIONS = 1000
const MESSAGES = 1000

async function newestPage(storage: StorageAdapter, conversation: string): Promise<number> {
  const prefix = ['events', conversation] as const
  return await timed(async () => {
    const page = await storage.list(prefix, { limit: PAGE, reverse: true })
    if (page.length !== PAGE) throw new Error(`${conversation} gave ${page.length} messages.`)
  })
}

async function medianPage(storage: StorageAdapter, conversation: string): Promise<number> {
  const times: number[] = []
  for (let read = 0; read < READS; read++) times.push(await newestPage(storage, conversation))
  return median(times)
}

async function firstPage(workspace: string, conversation: string): Promise<number> {
  const storage = fsStorage(workspace)
  await storage.open()
  const elapsedMs = await newestPage(storage, conversation)
  await storage.close()
  return elapsedMs
}

async function runNewest({ folder, progress }: BenchContext): Promise<Row[]> {
  progress('writing a conversation of a million messages')
  const logs = join(folder, 'im_client', 'conversations')
  await writeLog(join(logs, 'long.jsonl'), 'long', LONG)
  await writeLog(join(logs, 'short.jsonl'), 'short', PAGE)
  const against = `a conversation of ${PAGE}`
  const row = { against, unit: 'ms', goal: { atMost: 3 } }
  const cold = await alternate(
    () => firstPage(folder, 'long'),
    () => firstPage(folder, 'short'),
    { rounds: 25, progress },
  )
  const storage = fsStorage(folder)
  await storage.open()
  const warm = await alternate(
    () => medianPage(storage, 'long'),
    () => medianPage(storage, 'short'),
    { rounds: 7, progress },
  )
  await storage.close()
  return [
    { what: 'newest 50 of 1,000,000', ...row, ...warm },
    { what: 'newest 50 of 1,000,000, first read after open', ...row, ...cold },
  ]
}

/** The newest page. */
export const newest: Benchmark = { name: 'newest', run: runNewest }

async function writeWorkspace(workspace: string): Promise<void> {
  const logs = join(workspace, 'im_client', 'conversations')
  const records: Record<string, unknown> = {}
  for (let number = 1; number <= CONVERSATIONS; number++) {
    const conversationId = `contact-${number}`
    await writeLog(join(logs, `${conversationId}.jsonl`), conversationId, MESSAGES)
    records[conversationId] = {
      conversationId,
      kind: 'direct',
      participants: ['me', conversationId],
      lastSeq: MESSAGES,
      lastMessageAt: sampleMessage(conversationId, MESSAGES).acceptedAt,
      processedSeq: MESSAGES,
      unreadCount: 0,
      positions: { me: { delivered: MESSAGES, read: MESSAGES } },
    }
  }
  await mkdir(logs, { recursive: true })
  await writeFile(join(logs, 'index.json'), JSON.stringify(records))
}

async function openClient(workspace: string): Promise<number> {
  const client = new IMClient({ storage: fsStorage(workspace), agentId: 'me' })
  const elapsedMs = await timed(() => client.open())
  const { length } = await client.listConversations()
  await client.close()
  if (length !== CONVERSATIONS) throw new Error(`${length} conversations were opened.`)
  return elapsedMs
}

async function listFolder(workspace: string): Promise<number> {
  const logs = join(workspace, 'im_client', 'conversations')
  return await timed(async () => {
    for (const name of await readdir(logs)) await stat(join(logs, name))
  })
}

async function runOpening({ folder, progress }: BenchContext): Promise<Row[]> {
  progress(`writing ${CONVERSATIONS} conversations of ${MESSAGES} messages`)
  await writeWorkspace(folder)
  const sides = await alternate(
    () => openClient(folder),
    () => listFolder(folder),
    { rounds: 15, progress },
  )
  return [{ what: 'opening 1,000 conversations × 1,000', against: 'listing the folder and stat', unit: 'ms', ...sides }]
}

/** Opening a workspace. */
export const opening: Benchmark = { name: 'open', run: runOpening }
