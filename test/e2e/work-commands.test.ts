/** Work done by commands alone: each is a process of its own, and a claim holds from one to the next. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** An employee's workspace with messages to work on; gives what runs a command on it. */
async function employed(...texts: string[]) {
  const folder = join(await temporaryFolder(), 'employee')
  const server = await serveIM({ storage: memoryStorage() })
  const imServerUrl = server.url
  const alice = new IMClient({ storage: memoryStorage(), agentId: 'alice', imServerUrl })
  const employee = new IMClient({ storage: fsStorage(folder), agentId: 'employee', imServerUrl, queue: true })
  await Promise.all([alice.connect(), employee.connect()])
  for (const text of texts) {
    const { id } = await alice.sendMessage({ to: 'employee', text })
    await alice.waitForStatus(id, 'delivered')
  }
  await Promise.all([alice.close(), employee.close()])
  await server.close()
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand([...args, '--json', '--workspace', folder])
    return { code, lines: jsonLines(stdout), errors: jsonLines(stderr) }
  }
}

const textsOf = (lines: readonly Record<string, unknown>[]) =>
  lines.map(line => (line['message'] as { text: string } | undefined)?.text ?? line['text'])

describe('Work', { timeout: 60_000 }, () => {
  it('is claimed by one command and completed by another, with its token and no other', async () => {
    const run = await employed('one', 'two')
    const claimed = await run('pending', 'claim', '--lease', '1h')
    expect(claimed.lines).toMatchObject([{ attempts: 1, message: { text: 'one' } }])
    const token = String(claimed.lines[0]?.['token'])
    expect((await run('pending', 'claim')).lines).toEqual([])
    expect((await run('pending', 'complete', 'another')).errors).toMatchObject([
      { error: { code: 'QUEUE_LEASE_LOST' } },
    ])
    expect((await run('pending', 'complete', token)).code).toBe(0)
    expect((await run('pending', 'complete', token)).code).toBe(1)
    expect(textsOf((await run('pending', 'list')).lines)).toEqual(['two'])
  })

  it('is given back for a while, given up, looked at, tried again and thrown away', async () => {
    const run = await employed('one')
    const token = async () => String((await run('pending', 'claim')).lines[0]?.['token'])
    expect((await run('pending', 'release', await token(), '--delay', '1h', '--error', 'later')).code).toBe(0)
    expect((await run('pending', 'claim')).lines).toEqual([])
    const other = await employed('two')
    const [claim] = (await other('pending', 'claim')).lines
    expect((await other('pending', 'fail', String(claim?.['token']), 'no such file')).code).toBe(0)
    const { lines } = await other('dead', 'list')
    expect(lines).toMatchObject([{ kind: 'pending', reason: 'no such file', attempts: 1, message: { text: 'two' } }])
    expect((await other('dead', 'purge')).code).toBe(2)
    const id = String((lines[0]?.['message'] as { id: string } | undefined)?.id)
    expect((await other('dead', 'redrive', id)).lines).toEqual([{ redriven: 1 }])
    expect(textsOf((await other('pending', 'list')).lines)).toEqual(['two'])
    expect((await other('dead', 'purge', '--all')).lines).toEqual([{ purged: 0 }])
  })
})

describe('What the guard holds back', { timeout: 60_000 }, () => {
  it('is told with the time at which it goes on, and enters the outbox when a person redrives it', async () => {
    const folder = join(await temporaryFolder(), 'agent')
    const agent = new IMClient({ storage: fsStorage(folder), agentId: 'agent', guard: { budget: 1 } })
    for (const text of ['one', 'two']) await agent.sendMessage({ id: text, to: 'bob', text, auto: true })
    await agent.sendMessage({ id: 'three', to: 'bob', text: 'three', auto: true, hop: 21 })
    await agent.close()
    const run = (...args: string[]) => runCommand([...args, '--workspace', folder])
    const { stdout } = await run('dead', 'list')
    expect(stdout).toMatch(/^two .*\n {4}held back until 20\S+ \S+: Agents have said too much/m)
    expect(stdout).toMatch(/^three .*\n {4}held back until it is redriven: The chain/m)
    expect((await run('dead', 'redrive', 'two', '--json')).stdout).toBe('{"redriven":1}\n')
    const [status] = jsonLines((await run('status', '--offline', '--json')).stdout)
    expect(status).toMatchObject({ outbox: 2, deadLetters: 1 })
  })
})
