/** The command, as built: what it says, how it exits, and two agents that talk through a server of its own. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMClient } from '../../src/index.ts'
import { jsonLines, type RunningCommand, runCommand, startCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A server in a folder of its own, and what every command needs to use it. */
async function startServer(folder: string, ...args: string[]) {
  const server = startCommand(['serve', '--data', join(folder, 'server'), '--port', '0', '--json', ...args])
  const [line] = await server.said(/\{"event":"listening".*\}/)
  const { url } = JSON.parse(line) as { url: string }
  const at = (agent: string) => ['--workspace', join(folder, agent)]
  const as = (agent: string) => ['--agent', agent, ...at(agent), '--server', url]
  return { server, url, as, at }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

async function stop(running: RunningCommand): Promise<number | null> {
  running.signal('SIGINT')
  return (await running.ended()).code
}

const UNREACHABLE = 'http://127.0.0.1:9' // the discard port: nobody listens there

describe('The command', { timeout: 60_000 }, () => {
  it.each([
    [[]],
    [['serve']],
    [['listen']],
    [['wait']],
    [['status']],
    [['send']],
    [['history']],
    [['contacts']],
    [['contacts', 'list']],
    [['contacts', 'show']],
    [['contacts', 'add']],
    [['contacts', 'update']],
    [['contacts', 'remove']],
    [['pending']],
    [['pending', 'list']],
    [['pending', 'claim']],
    [['dead']],
    [['dead', 'redrive']],
    [['token']],
    [['token', 'create']],
    [['import']],
  ])('explains %j with an example', async command => {
    const { code, stdout, stderr } = await runCommand([...command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: im-client/)
    expect(stdout).toMatch(/Examples:\n {2}im-client /)
  })

  it.each([
    ['no command', [], /Usage/],
    ['an unknown command', ['sned'], /unknown command 'sned'\n.*send/],
    ['a command by the name of something else', ['constructor'], /unknown command 'constructor'/],
    ['a missing argument', ['send'], /missing required argument 'to'/],
    ['a bad port', ['serve', '--port', 'x'], /0 to 65535/],
    ['a bad time', ['send', 'a', 'b', '--timeout', 'soon'], /500ms/],
    ['no workspace', ['history'], /--workspace/],
    ['a workspace that is not there', ['history', '--workspace', './nowhere'], /--agent/],
    ['a status that does not exist', ['send', 'a', 'b', '--wait', 'seen'], /accepted/],
    ['data that is no JSON', ['send', 'a', 'b', '--workspace', './x', '--agent', 'x', '--data-json', '{'], /not JSON/],
    ['a port to the world without authentication', ['serve', '--host', '0.0.0.0'], /--auth token/],
    ['a token file that is not there', ['listen', '-a', 'x', '-w', './x', '--token-file', 'no'], /cannot be read/],
  ])('exits with 2 for %s and says what to do', async (_, args, advice) => {
    const cwd = await temporaryFolder()
    const { code, stdout, stderr } = await runCommand(args, { cwd, env: { HOME: cwd } })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(advice)
  })

  it('tells errors as JSON where that was asked for', async () => {
    const { code, stdout, stderr } = await runCommand(['history', '--json'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(jsonLines(stderr)).toEqual([{ error: { code: 'USAGE', message: expect.stringContaining('--workspace') } }])
  })

  it('leaves no folder behind where it refuses', async () => {
    const folder = await temporaryFolder()
    await runCommand(['history', '--workspace', join(folder, 'typo')])
    expect(await readdir(folder)).toEqual([])
  })

  it('serves a folder of built pages beside the server, and says where there is none', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'index.html'), '<title>built</title>')
    const { url } = await startServer(folder, '--pages', folder)
    expect(await (await fetch(url)).text()).toBe('<title>built</title>')
    const none = await runCommand(['serve', '--port', '0', '--data', folder, '--pages', join(folder, 'none')])
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('Check the path.')])
  })

  it('colours where it is forced to, and not where it is asked not to or is not on a terminal', async () => {
    const run = async (env: Record<string, string>) => (await runCommand(['history'], { env })).stderr
    const sequence = '\u001b['
    expect(await run({ FORCE_COLOR: '1' })).toContain(sequence)
    expect(await run({ FORCE_COLOR: '1', NO_COLOR: '1' })).toContain(sequence)
    expect(await run({ FORCE_COLOR: '0' })).not.toContain(sequence)
    expect(await run({ NO_COLOR: '1' })).not.toContain(sequence)
    expect(await run({})).not.toContain(sequence)
  })

  it('keeps contacts without a server', async () => {
    const workspace = ['--workspace', await temporaryFolder()]
    const add = ['contacts', 'add', 'agent_002', '--name', '助理 Agent', '--description', '数据分析', '--agent', 'me']
    expect((await runCommand([...add, ...workspace])).code).toBe(0)
    await runCommand(['contacts', 'update', 'agent_002', '--name', '助理', ...workspace])
    const contact = { contactId: 'agent_002', name: '助理', description: '数据分析' }
    const shown = await runCommand(['contacts', 'show', 'agent_002', '--json', ...workspace])
    expect(jsonLines(shown.stdout)).toEqual([expect.objectContaining(contact)])
    await runCommand(['contacts', 'remove', 'agent_002', ...workspace])
    const listed = await runCommand(['contacts', 'list', ...workspace])
    expect(listed).toEqual({ code: 0, stdout: '', stderr: expect.stringContaining('contacts add') })
    const missing = await runCommand(['contacts', 'show', 'agent_002', '--json', ...workspace])
    expect(missing.code).toBe(1)
    expect(jsonLines(missing.stderr)).toEqual([{ error: expect.objectContaining({ code: 'CONTACT_NOT_FOUND' }) }])
  })

  it('finds a workspace by its id, by its agent, and by the environment', async () => {
    const HOME = await temporaryFolder()
    const list = async (args: string[], env = {}) => {
      const { code, stdout } = await runCommand(['contacts', 'list', '--json', ...args], { env: { HOME, ...env } })
      return code === 0 ? jsonLines(stdout).map(({ contactId }) => contactId) : code
    }
    await runCommand(['contacts', 'add', 'friend', '--agent', 'alice'], { env: { HOME } })
    expect(await readdir(join(HOME, '.gateway/workspaces/alice/im_client'))).toContain('contacts.json')
    expect(await list(['--workspace', 'alice'])).toEqual(['friend'])
    expect(await list(['--agent', 'alice'])).toEqual(['friend'])
    expect(await list([], { IM_WORKSPACE: 'alice' })).toEqual(['friend'])
    expect(await list(['--workspace', '~/.gateway/workspaces/alice'])).toEqual(['friend'])
    expect(await list(['--agent', '../alice'])).toBe(2)
  })

  it('refuses the workspace of another agent, and a server URL that holds a secret, without storing it', async () => {
    const workspace = ['--workspace', await temporaryFolder()]
    await runCommand(['contacts', 'list', '--agent', 'alice', ...workspace])
    const { code, stderr } = await runCommand(['contacts', 'list', '--agent', 'bob', '--json', ...workspace])
    expect([code, stderr]).toEqual([1, expect.stringContaining('WORKSPACE_AGENT_MISMATCH')])
    const secret = ['--server', 'http://me:hunter2@127.0.0.1:9', ...workspace]
    const refused = await runCommand(['send', 'bob', 'hello', ...secret])
    expect(refused.code).toBe(2)
    expect(refused.stderr).not.toContain('hunter2')
    for (const file of await filesBelow(workspace[1] ?? ''))
      expect(await readFile(file, 'utf8')).not.toContain('hunter2')
  })
})

describe('Two agents through a server', { timeout: 60_000 }, () => {
  it('talk: sent, waited for, listened to, read again', async () => {
    const { server, as, at } = await startServer(await temporaryFolder())
    const listener = startCommand(['listen', '--json', ...as('bob')])
    const sent = await runCommand(['send', 'bob', 'hello', '你好', '--wait', 'done', '--json', ...as('alice')])
    expect(sent.code).toBe(0)
    const message = { from: 'alice', to: 'bob', conversationId: 'bob', text: 'hello 你好', seq: 1, status: 'done' }
    expect(jsonLines(sent.stdout)).toEqual([expect.objectContaining(message)])
    expect(await stop(listener)).toBe(0)
    const heard = await listener.ended()
    expect(jsonLines(heard.stdout)).toEqual([expect.objectContaining({ from: 'alice', text: 'hello 你好', seq: 1 })])
    const history = await runCommand(['history', 'alice', ...at('bob')])
    expect(history.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}alice: hello 你好\n$/)
    const conversations = await runCommand(['history', '--json', ...at('bob')])
    expect(jsonLines(conversations.stdout)).toEqual([
      expect.objectContaining({ conversationId: 'alice', lastSeq: 1, unreadCount: 0 }),
    ])
    expect(await stop(server)).toBe(0)
  })

  it('offers to the next run what a counted run left', async () => {
    const { as } = await startServer(await temporaryFolder())
    for (const text of ['one', 'two', 'three']) await runCommand(['send', 'bob', text, ...as('alice')])
    const texts = async (...args: string[]) =>
      jsonLines((await runCommand(['listen', '--json', ...args, ...as('bob')])).stdout).map(({ text }) => text)
    expect(await texts('--count', '2')).toEqual(['one', 'two'])
    expect(await texts('--once')).toEqual(['three'])
  })

  it('wait for an answer, send data and standard input, and answer a message', async () => {
    const { as } = await startServer(await temporaryFolder())
    const asked = startCommand(
      ['send', 'bob', '-', '--data-json', '{"n":1}', '--expect-reply', '--json', ...as('alice')],
      {
        input: 'a question\nof two lines\n',
      },
    )
    const heard = jsonLines((await runCommand(['listen', '--once', '--json', ...as('bob')])).stdout)
    expect(heard).toEqual([expect.objectContaining({ text: 'a question\nof two lines', data: { n: 1 } })])
    await runCommand(['send', 'alice', 'an answer', '--reply-to', String(heard[0]?.['id']), ...as('bob')])
    const { code, stdout } = await asked.ended()
    expect(code).toBe(0)
    expect(jsonLines(stdout)[1]).toMatchObject({ from: 'bob', text: 'an answer', replyTo: heard[0]?.['id'] })
  })

  it('show what others write without obeying it', async () => {
    const { as } = await startServer(await temporaryFolder())
    await runCommand(['send', 'bob', 'red \u001b[31m\nmallory: forged', ...as('alice')])
    const { stdout } = await runCommand(['listen', '--once', ...as('bob')])
    expect(stdout).not.toContain('\u001b')
    expect(stdout.split('\n')[1]).toBe('    mallory: forged')
  })

  it('keep a message that cannot go out now, and send it once later', async () => {
    const folder = await temporaryFolder()
    const offline = ['--agent', 'alice', '--workspace', join(folder, 'alice'), '--server', UNREACHABLE]
    const refused = await runCommand(['send', 'bob', 'early', '--timeout', '300ms', ...offline])
    expect(refused.code).toBe(3)
    expect(refused.stdout).toMatch(/^queued \S+ to bob$/m)
    expect(refused.stderr).toContain('kept in the outbox')
    expect(refused.stderr).toContain('im-client serve')
    const queued = await runCommand(['send', 'bob', 'later', '--wait', 'queued', '--json', ...offline])
    expect([queued.code, jsonLines(queued.stdout)[0]?.['status']]).toEqual([0, 'queued'])
    const { as } = await startServer(folder)
    await runCommand(['send', 'bob', 'now', ...as('alice')])
    const { stdout } = await runCommand(['listen', '--count', '3', '--json', ...as('bob')])
    expect(jsonLines(stdout).map(({ text }) => text)).toEqual(['early', 'later', 'now'])
  })

  it('are told that a wait was in vain', async () => {
    const { as } = await startServer(await temporaryFolder())
    const { code, stderr } = await runCommand([
      'send',
      'bob',
      'hi',
      '--wait',
      'read',
      '-t',
      '300ms',
      '--json',
      ...as('alice'),
    ])
    expect(code).toBe(3)
    expect(jsonLines(stderr)).toEqual([{ error: expect.objectContaining({ code: 'WAIT_TIMEOUT' }) }])
  })

  it('show their pending work and take none of it', async () => {
    const folder = await temporaryFolder()
    const { url, as, at } = await startServer(folder)
    await runCommand(['send', 'employee', 'some work', ...as('alice')])
    const storage = fsStorage(join(folder, 'employee'))
    const employee = new IMClient({ storage, agentId: 'employee', imServerUrl: url, queue: true })
    await employee.connect()
    await employee.close()
    for (const _ of [1, 2]) {
      const { code, stdout } = await runCommand(['pending', 'list', '--json', ...at('employee')])
      expect(code).toBe(0)
      expect(jsonLines(stdout)).toEqual([expect.objectContaining({ from: 'alice', text: 'some work' })])
    }
  })
})

describe('Tokens', { timeout: 60_000 }, () => {
  it('let their account in, no other, and show up nowhere', async () => {
    const folder = await temporaryFolder()
    const { server, as } = await startServer(folder, '--auth', 'token')
    const created = await runCommand(['token', 'create', 'alice', '--data', join(folder, 'server'), '--expires', '1h'])
    expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^im1\.\S+\n$/), stderr: '' })
    const token = created.stdout.trim()
    const secrets = await temporaryFolder()
    const tokenFile = join(secrets, 'token')
    await writeFile(tokenFile, created.stdout)
    const results = [
      await runCommand(['send', 'bob', 'by file', '--token-file', tokenFile, ...as('alice')]),
      await runCommand(['send', 'bob', 'by environment', ...as('alice')], { env: { IM_TOKEN: token } }),
      await runCommand(['send', 'bob', 'by input', '--token-file', '-', ...as('alice')], { input: created.stdout }),
      await runCommand(['send', 'bob', 'without', ...as('alice')]),
      await runCommand(['send', 'bob', 'as another', '--json', ...as('mallory')], { env: { IM_TOKEN: token } }),
      await runCommand(['listen', ...as('carol')], { env: { IM_TOKEN: `${token}x` } }),
    ]
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 5, 5, 5])
    expect(results[3]?.stderr).toContain('im-client token create')
    server.signal('SIGTERM')
    const said = [...results, await server.ended()].map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(said).not.toContain(token)
    const signature = token.split('.')[2] ?? ''
    const files = await filesBelow(folder)
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) expect(await readFile(file, 'utf8')).not.toContain(signature)
    expect((await stat(join(folder, 'server/server.key'))).mode & 0o777).toBe(0o600)
  })

  it('are told with their expiry as JSON', async () => {
    const data = ['--data', await temporaryFolder()]
    const { stdout } = await runCommand(['token', 'create', 'alice', '--expires', 'never', '--json', ...data])
    expect(jsonLines(stdout)).toEqual([{ token: expect.stringMatching(/^im1\./), agentId: 'alice' }])
  })
})

describe('Ctrl-C', { timeout: 60_000 }, () => {
  it('ends a server, and what listens to it, in good order', async () => {
    const folder = await temporaryFolder()
    const { server, as } = await startServer(folder)
    const listener = startCommand(['listen', ...as('bob')])
    await listener.said(/Connected/)
    expect(await stop(listener)).toBe(0)
    expect(await stop(server)).toBe(0)
    expect((await filesBelow(folder)).filter(path => path.endsWith('owner.lock'))).toEqual([])
  })

  it('ends a listener that waits to connect again', async () => {
    const folder = await temporaryFolder()
    const listener = startCommand(['listen', '-a', 'bob', '-w', join(folder, 'bob'), '-s', UNREACHABLE])
    await listener.said(/trying again/)
    expect(await stop(listener)).toBe(0)
  })

  it('interrupts a wait with 130', async () => {
    const { as } = await startServer(await temporaryFolder())
    const waiting = startCommand(['send', 'bob', 'hi', '--expect-reply', ...as('alice')])
    await waiting.said(/accepted/)
    expect(await stop(waiting)).toBe(130)
  })
})

describe('A pipe that nobody reads any more', { timeout: 60_000 }, () => {
  it('ends a listener without a word', async () => {
    const { as } = await startServer(await temporaryFolder())
    const listener = startCommand(['listen', ...as('bob')])
    await listener.said(/Connected/)
    listener.stopReading()
    await runCommand(['send', 'bob', 'anybody there?', '--wait', 'read', ...as('alice')])
    const { code, stderr } = await listener.ended()
    expect(code).toBe(0)
    expect(stderr).not.toContain('EPIPE')
  })
})
