/**
 * An agent for tests, in a process of its own. Says what happens to it, does what it is told line by line on its
 * standard input, and is killed without notice.
 */
import { createInterface } from 'node:readline'
import { fsStorage } from '../../../adapters/fs/index.ts'
import { type HandlerContext, IMClient, type Message, type StorageAdapter } from '../../../src/index.ts'
import { answerTo } from './answer.ts'

/** The program's options, as JSON in its first argument. */
export interface AgentProgramOptions {
  /** Its workspace folder. */
  readonly workspace?: string
  /** The port of a Redis server on this machine that it keeps everything in, instead of a folder. */
  readonly redisPort?: number
  readonly agentId: string
  readonly url?: string
  readonly token?: string
  /** Asks for a token and never gets one. */
  readonly waitForToken?: boolean
  /** Wait for the line `go` before touching anything. */
  readonly hold?: boolean
  /** Tell what the conversation with this account holds, once the storage is open. */
  readonly conversationWith?: string
  /** Register a handler: one that reports, or one that never finishes; or work on the queue, report and answer. */
  readonly handler?: 'reports' | 'hangs' | 'works'
  /** The permissions that are taken from new files; the parent's by default. */
  readonly umask?: number
}

const options = JSON.parse(process.argv[2] ?? '') as AgentProgramOptions
const { agentId, url, token, conversationWith, handler } = options
if (options.umask !== undefined) process.umask(options.umask)

const client = new IMClient({
  storage: await storageOf(options),
  agentId,
  ...(handler === 'works' ? { queue: true, guard: false as const } : {}),
  ...(url === undefined ? {} : { imServerUrl: url }),
  ...(token === undefined ? {} : { token }),
  ...(options.waitForToken ? { token: () => new Promise<string>(() => {}) } : {}),
  backoff: { baseMs: 50, capMs: 500 },
})

const commands: Record<string, () => Promise<void> | void> = {
  go: () => start().catch(fail),
  close: async () => {
    input.close()
    process.stdin.destroy() // from here on nothing of this program's own keeps the process alive
    await client.close()
    say('closed')
  },
}

const input = createInterface(process.stdin)
input.on('line', line => void commands[line]?.())
say('ready')
if (!options.hold) await start().catch(fail)

async function start(): Promise<void> {
  client.on('message', ({ seq, id }) => say('message', { seq, id }))
  client.on('state', ({ name }) => say(name))
  client.on('error', ({ code, message }) => say('error', { code, message }))
  await client.open()
  say('open')
  if (conversationWith !== undefined) await tellHistory(conversationWith)
  if (handler === 'works') client.processPending(work)
  else if (handler)
    client.onMessage(handler === 'hangs' ? () => new Promise(() => {}) : ({ seq }) => say('handled', { seq }))
  if (url !== undefined) await client.connect().catch(fail)
}

async function work({ seq, text }: Message, { reply }: HandlerContext): Promise<void> {
  await say('handled', { seq })
  await reply(answerTo(text))
}

/** Libraries of stores are loaded by whoever keeps something there. */
async function storageOf({ workspace = '', redisPort }: AgentProgramOptions): Promise<StorageAdapter> {
  if (redisPort === undefined) return fsStorage(workspace)
  const { redisStorage } = await import('./redis-storage.ts')
  return redisStorage(redisPort)
}

async function tellHistory(contactId: string): Promise<void> {
  const history = await client.getConversationHistory({ contactId, limit: Number.MAX_SAFE_INTEGER })
  const messages = history.filter(({ seq }) => seq !== undefined) // without what is still in the outbox
  say('history', {
    seqs: messages.map(({ seq }) => seq),
    ids: new Set(messages.map(({ id }) => id)).size,
    waiting: history.length - messages.length,
  })
}

function fail(error: { readonly code?: string; readonly message: string }): void {
  say('failed', { code: error.code, message: error.message })
}

/** Resolves when the system has the report: what is still in this process is lost when it is killed. */
function say(event: string, facts: object = {}): Promise<void> {
  return new Promise(resolve => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`, () => resolve()))
}
