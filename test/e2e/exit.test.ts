/** A program that has closed its client ends by itself, wherever the connection stood. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import type { AgentProgramOptions } from '../support/programs/agent.ts'
import { ReportingProgram } from '../support/reporting-program.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** The promise is one second. The rest is for a machine that does other things as well. */
const EXIT_WITHIN_MS = 3000

test('A process exits after close: the storage was opened, nothing was connected', async () => {
  await expectExit({}, 'open')
})

test('A process exits after close: the server takes the connection and never answers', async () => {
  await expectExit({ url: await listen(createServer()) }, 'connecting')
})

test('A process exits after close: the server upgrades the connection and never answers the handshake', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  await once(server, 'listening')
  const greeted = once(server, 'connection').then(([socket]) => once(socket, 'message'))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expectExit({ url }, 'connecting', greeted)
})

test('A process exits after close: it waits to connect again', async () => {
  const refused = createServer()
  const url = await listen(refused)
  refused.close()
  await once(refused, 'close')
  await expectExit({ url }, 'waiting')
})

test('A process exits after close: it waits for its token', async () => {
  await expectExit({ url: (await startServer()).url, waitForToken: true }, 'connecting')
})

test('A process exits after close: it is connected', async () => {
  await expectExit({ url: (await startServer()).url }, 'connected')
})

test('A process exits after close: a handler never finishes', async () => {
  const { url } = await startServer()
  const agent = await startAgent({ url, handler: 'hangs' })
  await agent.report('connected')
  const other = new IMClient({ storage: memoryStorage(), agentId: 'other', imServerUrl: url })
  onTestFinished(() => other.close())
  await other.connect()
  const { id } = await other.sendMessage({ to: 'agent', text: 'for ever' })
  await other.waitForStatus(id, 'read', { timeoutMs: 10_000 })
  await expectEnd(agent)
})

test('A process exits after close: its token was refused', async () => {
  const { url } = await startServer(true)
  await expectExit({ url, token: 'im1.wrong' }, 'needsAuth')
})

test('A process exits after close: its connection swallows everything', async () => {
  const server = await startServer()
  const proxy = new FaultProxy(server.port, new SeededRandom(1))
  await proxy.listen()
  onTestFinished(() => proxy.close())
  const agent = await startAgent({ url: proxy.url })
  await agent.report('connected')
  proxy.blackHole()
  await expectEnd(agent)
})

/** Closes an agent that has reached a state, and a moment beyond it. */
async function expectExit(options: Partial<AgentProgramOptions>, state: string, moment?: Promise<unknown>) {
  const agent = await startAgent(options)
  await agent.report(state)
  await moment
  await expectEnd(agent)
}

async function expectEnd(agent: ReportingProgram): Promise<void> {
  const startedAt = performance.now()
  agent.tell('close')
  await agent.ended()
  expect(performance.now() - startedAt).toBeLessThan(EXIT_WITHIN_MS)
  expect(agent.reports.at(-1)).toEqual({ event: 'closed' })
  expect(agent.exitCode).toBe(0)
  expect(agent.errors).toBe('')
}

async function startAgent(options: Partial<AgentProgramOptions>): Promise<ReportingProgram> {
  const workspace = await temporaryFolder()
  const agent = ReportingProgram.start('agent', { agentId: 'agent', workspace, ...options })
  onTestFinished(() => agent.kill())
  return agent
}

async function startServer(auth = false): Promise<ServerProcess> {
  const server = new ServerProcess({ dataPath: await temporaryFolder(), auth })
  onTestFinished(() => server.kill())
  await server.start()
  return server
}

/** Listens on a free port; what connects is held and never answered. */
async function listen(server: Server): Promise<string> {
  server.on('connection', socket => {
    socket.on('error', () => {}) // the other end is killed at the end of the test
    onTestFinished(() => void socket.destroy())
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
