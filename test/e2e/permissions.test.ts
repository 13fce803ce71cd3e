/** What is in a workspace is its owner's alone: other users, other paths and other eyes get nothing. */
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { readTokenKey } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { createToken } from '../../src/server/index.ts'
import { ReportingProgram } from '../support/reporting-program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { checkModes, checkWorkspace, filesWith, pathsBelow } from '../support/workspace-check.ts'

/** Accounts whose ids would be paths, devices or options elsewhere. */
const HOSTILE_IDS = [
  '../x',
  '../../../../../../tmp/x',
  '/etc/passwd',
  '..',
  '.',
  'a/b',
  'a\\b',
  'CON',
  '-rf',
  '~',
  '%2e%2e',
  '你/好',
]

test('Everything in a workspace and in a server’s data is for its owner alone, whatever the umask', async () => {
  const server = await startServer()
  const workspace = await temporaryFolder()
  const agent = ReportingProgram.start('agent', {
    workspace,
    agentId: 'agent',
    url: server.url,
    umask: 0,
    handler: 'reports',
  })
  onTestFinished(() => agent.kill())
  await agent.report('connected')
  const client = await connect('friend', server.url)
  await client.sendMessage({ to: 'agent', text: 'hello' })
  await agent.report('handled')
  agent.tell('close')
  await agent.ended()
  expect(await readdir(join(workspace, 'im_client', 'conversations'))).toContain('friend.jsonl')
  expect(await checkModes(join(workspace, 'im_client'))).toEqual([])
  expect(await checkModes(join(server.dataPath, 'im_server'))).toEqual([])
})

test('No id leads out of the folder of its workspace', async () => {
  const server = await startServer()
  const outside = await temporaryFolder()
  const workspace = join(outside, 'a', 'b', 'workspace')
  const client = await connect('victim', server.url, fsStorage(workspace))
  const received: string[] = []
  client.onMessage(({ from }) => void received.push(from))
  for (const id of HOSTILE_IDS) {
    const other = await connect(id, server.url)
    const { id: messageId } = await other.sendMessage({ to: 'victim', text: id })
    await other.waitForStatus(messageId, 'read', { timeoutMs: 10_000 })
  }
  await client.close()
  const inside = join(workspace, 'im_client')
  const folders = [join(outside, 'a'), join(outside, 'a', 'b'), workspace, inside]
  const strays = (await pathsBelow(outside)).filter(path => !folders.includes(path) && !path.startsWith(`${inside}/`))
  expect(strays).toEqual([])
  const { problems, conversations } = await checkWorkspace(inside)
  expect(problems).toEqual([])
  expect([...conversations.keys()].sort()).toEqual([...HOSTILE_IDS].sort())
  expect(received.sort()).toEqual([...HOSTILE_IDS].sort())
})

test('A token is in no file, no output, no address and no error', async () => {
  const server = await startServer(true)
  const token = await createToken(await readTokenKey(server.dataPath), { agentId: 'agent' })
  const workspace = await temporaryFolder()
  const agent = ReportingProgram.start('agent', { workspace, agentId: 'agent', url: server.url, token })
  onTestFinished(() => agent.kill())
  await agent.report('connected')
  const intruder = new IMClient({ storage: memoryStorage(), agentId: 'intruder', imServerUrl: server.url, token })
  const refusal = await intruder.connect().catch(error => error)
  await intruder.close()
  expect(refusal).toMatchObject({ code: 'AUTH_FAILED' })
  expect(JSON.stringify([refusal, refusal.message, refusal.stack, refusal.details, `${refusal.cause}`])).not.toContain(
    token,
  )
  agent.tell('close')
  await agent.ended()
  await server.stop()
  expect(JSON.stringify(agent.reports) + agent.errors + server.errors).not.toContain(token)
  expect(await filesWith(workspace, token)).toEqual([])
  expect(await filesWith(server.dataPath, token)).toEqual([])
  expect(await filesWith(workspace, 'agent')).not.toEqual([])
})

test('A token is not in the request that opens the connection', async () => {
  const token = 'im1.a-token-that-is-only-for-the-first-frame'
  const server = createServer()
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upgrade: Promise<IncomingMessage[]> = once(server, 'upgrade')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const client = new IMClient({ storage: memoryStorage(), agentId: 'agent', imServerUrl: url, token })
  onTestFinished(() => client.close())
  client.connect().catch(() => {}) // nobody answers; the test has seen what it needs
  const [request] = await upgrade
  expect(request?.url).toBe('/im')
  expect(JSON.stringify(request?.rawHeaders)).not.toContain(token)
})

async function startServer(auth = false) {
  const dataPath = await temporaryFolder()
  const server = new ServerProcess({ dataPath, auth })
  onTestFinished(() => server.kill())
  await server.start()
  return Object.assign(server, { dataPath })
}

async function connect(agentId: string, imServerUrl: string, storage = memoryStorage()): Promise<IMClient> {
  const client = new IMClient({ storage, agentId, imServerUrl })
  onTestFinished(() => client.close())
  await client.connect()
  return client
}
