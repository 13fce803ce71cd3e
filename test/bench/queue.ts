/** The pending queue: what work costs where much of it waits, and opening it, against parsing its file. */
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { alternate, type BenchContext, type Benchmark, type Row, timed } from './measure.ts'
import { sampleMessage } from './sample-message.ts'

const MANY = 100_000
const FEW = 100
const IN_CONVERSATION = 10
const TAKEN = 50
const BATCH = 1000

async function writeQueue(path: string, count: number): Promise<string> {
  const storage = fsStorage(path)
  await storage.open()
  for (let first = 0; first < count; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => first + index)
    await storage.write(numbers.map(pendingItem))
  }
  await storage.close()
  return path
}

function pendingItem(number: number) {
  const conversationId = `contact-${Math.floor(number / IN_CONVERSATION)}`
  const message = sampleMessage(conversationId, (number % IN_CONVERSATION) + 1)
  const value = { message: { ...message }, state: 'waiting', attempts: 0, receivedAt: message.acceptedAt }
  return { type: 'put', key: ['pending', conversationId, message.seq], value } as const
}

async function withQueue(path: string, use: (client: IMClient) => Promise<number>): Promise<number> {
  const copy = `${path}-copy`
  await cp(path, copy, { recursive: true })
  const client = new IMClient({ storage: fsStorage(copy), agentId: 'me', queue: true })
  try {
    return await use(client)
  } finally {
    await client.close()
    await rm(copy, { recursive: true })
  }
}

/** Milliseconds for one message, claimed and completed, one after the other. */
function claiming(path: string): Promise<number> {
  return withQueue(path, async client => {
    await claimOne(client) // the queue is taken up
    const elapsedMs = await timed(async () => {
      for (let count = 0; count < TAKEN; count++) await claimOne(client)
    })
    return elapsedMs / TAKEN
  })
}

async function claimOne(client: IMClient): Promise<void> {
  const [claim] = await client.claimMessages()
  if (!claim) throw new Error('There is nothing to claim.')
  await claim.complete()
}

/** Until the first message can be worked on. */
function opening(path: string): Promise<number> {
  return withQueue(path, client =>
    timed(async () => {
      await client.open()
      await client.claimMessages()
    }),
  )
}

async function parsing(path: string): Promise<number> {
  const text = await readFile(join(path, 'im_client', 'queue', 'pending.json'), 'utf8')
  return timed(async () => void JSON.parse(text))
}

async function run({ folder, progress }: BenchContext): Promise<Row[]> {
  progress(`writing queues of ${MANY} and ${FEW}`)
  const many = await writeQueue(join(folder, 'many'), MANY)
  const few = await writeQueue(join(folder, 'few'), FEW)
  const work = await alternate(
    () => claiming(many),
    () => claiming(few),
    { rounds: 5, progress },
  )
  const open = await alternate(
    () => opening(many),
    () => parsing(many),
    { rounds: 5, progress },
  )
  return [
    { what: 'claim and complete, 100,000 pending', against: '100', unit: 'ms', ...work, goal: { atMost: 1.5 } },
    {
      what: 'opening 100,000 pending, until the first is claimed',
      against: 'parsing the file',
      unit: 'ms',
      ...open,
      goal: { atMost: 2 },
    },
  ]
}

/** See the head of this file. */
export const queue: Benchmark = { name: 'queue', run }
