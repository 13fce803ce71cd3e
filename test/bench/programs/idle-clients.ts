/** Many idle clients in one process: says what each of them takes. */
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { WebSocket } from 'ws'

/** The program's options. */
export interface IdleOptions {
  readonly kind: 'im' | 'ws'
  readonly count: number
  readonly url: string
  readonly folder: string
}

/** Memory for each client, in KB. */
export interface IdleReport {
  readonly rss: number
  readonly heap: number
}

/** Connected at once; more would wait for each other. */
const LANES = 50

/** Until files are up to date and nothing is on its way. */
const REST_MS = 3000

const { kind, count, url, folder } = JSON.parse(process.argv[2] ?? '') as IdleOptions
const clients: (IMClient | WebSocket)[] = []

async function connectOne(number: number): Promise<void> {
  const client = kind === 'im' ? await connectClient(number) : new WebSocket(url, { perMessageDeflate: false })
  if (client instanceof WebSocket) await once(client, 'open')
  clients.push(client)
}

async function connectClient(number: number): Promise<IMClient> {
  const storage = fsStorage(join(folder, `agent-${number}`))
  const client = new IMClient({ storage, agentId: `agent-${number}`, imServerUrl: url })
  await client.connect()
  return client
}

async function usage() {
  await setTimeout(REST_MS)
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss, heap: heapUsed }
}

process.once('disconnect', () => process.exit())
await connectOne(0) // what is there once is not counted
const before = await usage()
const numbers = Array.from({ length: count }, (_, index) => index + 1).values()
const lane = async () => {
  for (const number of numbers) await connectOne(number)
}
await Promise.all(Array.from({ length: LANES }, lane))
const after = await usage()
const each = (name: 'rss' | 'heap') => (after[name] - before[name]) / count / 1024
const report: IdleReport = { rss: each('rss'), heap: each('heap') }
process.send?.(report)
