/** A connection that swallows everything looks well from both sides. It is noticed, and nothing is lost by it. */
import { expect, onTestFinished, test } from 'vitest'
import { type ConnectionState, IMClient, memoryStorage } from '../../src/index.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const HEARTBEAT_MS = 400
const GRACE_MS = 300

/** The promise is heartbeat plus grace. The rest is for a machine that does other things as well. */
const SLACK_MS = 2000

const CLIENT = { heartbeatGraceMs: GRACE_MS, backoff: { baseMs: 20, capMs: 100 } }

test('A half-open connection is noticed, and what was said meanwhile arrives once, in order', async () => {
  const server = await startServer()
  const proxy = await startProxy(server)
  const behind = await connect('behind', proxy.url)
  const other = await connect('other', server.url)
  const received: Record<string, string[]> = { behind: [], other: [] }
  behind.onMessage(({ text }) => void received['behind']?.push(text))
  other.onMessage(({ text }) => void received['other']?.push(text))
  await say(other, 'behind', 'before')

  proxy.blackHole()
  const swallowedAt = performance.now()
  const lost = stateOf(behind, 'waiting')
  const texts = Array.from({ length: 20 }, (_, n) => `meanwhile ${n}`)
  for (const text of texts) {
    await behind.sendMessage({ to: 'other', text })
    await other.sendMessage({ to: 'behind', text })
  }
  expect(behind.state.name).toBe('connected')
  const reason = await lost
  expect(performance.now() - swallowedAt).toBeLessThan(HEARTBEAT_MS + GRACE_MS + SLACK_MS)
  expect(reason).toMatchObject({ name: 'waiting', reason: { code: 'CONNECTION_LOST' } })

  proxy.healNew()
  await say(behind, 'other', 'after')
  await say(other, 'behind', 'after')
  expect(received).toEqual({ behind: ['before', ...texts, 'after'], other: [...texts, 'after'] })
  expect(proxy.swallowedBytes).toBeGreaterThan(0)
})

test('The server lets go of a half-open connection as well', async () => {
  const server = await startServer()
  const proxy = await startProxy(server)
  const behind = await connect('behind', proxy.url)
  proxy.blackHole()
  await stateOf(behind, 'waiting')
  await behind.close()
  await expect.poll(() => sessions(server), { timeout: HEARTBEAT_MS + GRACE_MS + SLACK_MS }).toBe(0)
})

/** Resolves when the other side has handled it: everything before it was handled then. */
async function say(client: IMClient, to: string, text: string): Promise<void> {
  const { id } = await client.sendMessage({ to, text })
  await client.waitForStatus(id, 'read', { timeoutMs: 10_000 })
}

function stateOf(client: IMClient, name: ConnectionState['name']): Promise<ConnectionState> {
  return new Promise(resolve => {
    const off = client.on('state', state => {
      if (state.name !== name) return
      off()
      resolve(state)
    })
  })
}

async function sessions({ url }: ServerProcess): Promise<number> {
  const answer = (await (await fetch(`${url}/health`)).json()) as { sessions: number }
  return answer.sessions
}

async function connect(agentId: string, imServerUrl: string): Promise<IMClient> {
  const client = new IMClient({ storage: memoryStorage(), agentId, imServerUrl, ...CLIENT })
  onTestFinished(() => client.close())
  await client.connect()
  return client
}

async function startServer(): Promise<ServerProcess> {
  const dataPath = await temporaryFolder()
  const server = new ServerProcess({ dataPath, heartbeatMs: HEARTBEAT_MS, heartbeatGraceMs: GRACE_MS })
  onTestFinished(() => server.kill())
  await server.start()
  return server
}

async function startProxy(server: ServerProcess): Promise<FaultProxy> {
  const proxy = new FaultProxy(server.port, new SeededRandom(1))
  await proxy.listen()
  onTestFinished(() => proxy.close())
  return proxy
}
