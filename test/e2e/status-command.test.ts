/** `im-client status`: a report on a workspace, whoever has it. */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand, startCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** An employee with two messages to work on, one of them claimed, one that is done for, and one that it has not sent. */
async function employed() {
  const workspace = join(await temporaryFolder(), 'employee')
  const server = await serveIM({ storage: memoryStorage() })
  const imServerUrl = server.url
  const alice = new IMClient({ storage: memoryStorage(), agentId: 'alice', imServerUrl })
  const employee = new IMClient({ storage: fsStorage(workspace), agentId: 'employee', imServerUrl, queue: true })
  await Promise.all([alice.connect(), employee.connect()])
  for (const text of ['one', 'two', 'three']) {
    const { id } = await alice.sendMessage({ to: 'employee', text })
    await alice.waitForStatus(id, 'delivered')
  }
  const [failing] = await employee.claimMessages()
  await failing?.fail('no such file')
  await employee.claimMessages({ renew: false, leaseMs: 3_600_000 })
  await Promise.all([alice.close(), employee.close()])
  const offline = new IMClient({ storage: fsStorage(workspace) })
  await offline.sendMessage({ to: 'alice', text: 'not sent yet' })
  await offline.close()
  onTestFinished(() => server.close())
  return { server, workspace }
}

async function status(workspace: string, ...args: string[]) {
  const { code, stdout, stderr } = await runCommand(['status', '--json', '--workspace', workspace, ...args])
  return { code, stderr, report: jsonLines(stdout)[0] ?? {} }
}

const NUMBERS = {
  agentId: 'employee',
  imServerUrl: expect.stringMatching(/^http:/),
  conversations: 1,
  unread: 1,
  outbox: 1,
  queue: {
    enabled: true,
    depth: 2,
    claimed: 1,
    oldest: {
      conversationId: 'alice',
      messageId: expect.any(String),
      receivedAt: expect.stringMatching(/Z$/),
      ageMs: expect.any(Number),
    },
  },
  deadLetters: 1,
  held: 0,
  openQuestions: 0,
  session: { sessionId: expect.any(String), openedAt: expect.stringMatching(/Z$/) },
}

describe('A status', { timeout: 60_000 }, () => {
  it('tells how the workspace stands, and whether it can connect', async () => {
    const { server, workspace } = await employed()
    const offline = await status(workspace, '--offline')
    expect(offline).toMatchObject({ code: 0, stderr: '' })
    expect(offline.report).toEqual({ source: 'storage', workspace, connection: { state: 'untried' }, ...NUMBERS })
    const { report } = await status(workspace)
    expect(report).toMatchObject({ connection: { state: 'connected' }, queue: { depth: 2, claimed: 1 } })
    await server.close()
    const failed = await status(workspace, '--timeout', '300ms')
    expect(failed).toMatchObject({ code: 0, stderr: '', report: { connection: { state: 'failed' } } })
    expect(failed.report['connection']).toMatchObject({ code: 'NOT_CONNECTED' })
  })

  it('is aligned and short for people', async () => {
    const { workspace } = await employed()
    const { code, stdout } = await runCommand(['status', '--offline', '--workspace', workspace])
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map(line => line.slice(0, 15).trimEnd())).toEqual([
      'agent',
      'workspace',
      'server',
      'connection',
      'conversations',
      'outbox',
      'queue',
      'dead letters',
      'last session',
    ])
    expect(lines[6]).toMatch(/^queue {10}2, 1 claimed; the oldest, of alice, is \d+ s old$/)
  })

  it('answers from the files while another process has the workspace, and says which', async () => {
    const { server, workspace } = await employed()
    await server.close() // what is in the outbox stays there
    const owner = startCommand(['wait', '--conversation', 'carol', '--workspace', workspace])
    await owner.said(/trying again/)
    const { code, stderr, report } = await status(workspace)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report).toEqual({
      source: 'files',
      workspace,
      connection: { state: 'failed', code: 'CONNECTION_LOST', message: expect.any(String) },
      owner: { pid: owner.pid, host: expect.any(String), since: expect.stringMatching(/Z$/) },
      ...NUMBERS,
    })
    const { stdout } = await runCommand(['status', '--workspace', workspace])
    expect(stdout).toContain(`in use         by process ${owner.pid} on `)
  })

  it('makes no workspace, and refuses a file that it cannot read', async () => {
    const folder = await temporaryFolder()
    const missing = await status(join(folder, 'typo'), '--agent', 'typo')
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('no workspace')
    expect(await readdir(folder)).toEqual([])
    const { workspace } = await employed()
    await writeFile(join(workspace, 'im_client/queue/dead.json'), '{"torn"')
    const damaged = await status(workspace, '--offline')
    expect(damaged.code).toBe(1)
    expect(damaged.stderr).toContain('STORAGE_DAMAGED')
  })
})
