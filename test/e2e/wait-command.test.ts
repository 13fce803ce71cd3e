/** `im-client wait`: ends when something waits, and leaves it waiting. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand, startCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A server, alice who sends, and what runs commands on the workspace of bob. */
async function connected({ queue = false } = {}) {
  const workspace = join(await temporaryFolder(), 'bob')
  const server = await serveIM({ storage: memoryStorage() })
  const alice = new IMClient({ storage: memoryStorage(), agentId: 'alice', imServerUrl: server.url })
  const bob = new IMClient({ storage: fsStorage(workspace), agentId: 'bob', imServerUrl: server.url, queue })
  onTestFinished(() => alice.close().then(() => server.close()))
  await Promise.all([alice.connect(), bob.connect()])
  await bob.close()
  const args = (...given: string[]) => [...given, '--workspace', workspace]
  return {
    server,
    workspace,
    say: (text: string) => alice.sendMessage({ to: 'bob', text }),
    statusOf: async (id: string) =>
      (await alice.getConversationHistory({ contactId: 'bob' })).find(message => message.id === id)?.status,
    start: (...given: string[]) => startCommand(args(...given)),
    run: async (...given: string[]) => {
      const { code, stdout, stderr } = await runCommand(args(...given, '--json'))
      return { code, texts: jsonLines(stdout).map(({ text }) => text), lines: jsonLines(stdout), stderr }
    },
  }
}

describe('A wait', { timeout: 60_000 }, () => {
  it('finds what came between two owners of its workspace', async () => {
    const { say, start, server, workspace } = await connected()
    const owner = () => new IMClient({ storage: fsStorage(workspace), agentId: 'bob', imServerUrl: server.url })
    const [first, second] = [owner(), owner()]
    onTestFinished(() => second.close())
    await first.connect()
    const waiting = start('wait')
    await waiting.said(/Waiting/)
    waiting.signal('SIGSTOP')
    await first.close()
    await second.connect()
    const came = new Promise(resolve => second.on('message', resolve))
    await say('hello')
    await came
    waiting.signal('SIGCONT')
    expect((await waiting.ended()).stdout).toContain('hello')
  })

  it('ends when a message comes, prints it, and does not count as reading it', async () => {
    const { say, statusOf, start, run } = await connected()
    const waiting = start('wait', '--json')
    const { id } = await say('hello')
    const { code, stdout } = await waiting.ended()
    expect([code, jsonLines(stdout)]).toEqual([0, [expect.objectContaining({ id, from: 'alice', text: 'hello' })]])
    expect(await statusOf(id)).toBe('delivered')
    expect(await run('history')).toMatchObject({ lines: [{ conversationId: 'alice', unreadCount: 1 }] })
  })

  it('ends at once, without a server, where something waits already', async () => {
    const { server, say, start, run } = await connected()
    const waiting = start('wait')
    await waiting.said(/Waiting; Ctrl-C ends/)
    await say('first')
    expect((await waiting.ended()).stdout).toMatch(/^\S+ \S+ {2}alice: first$/m)
    await server.close()
    for (const _ of [1, 2]) expect(await run('wait')).toMatchObject({ code: 0, texts: ['first'], stderr: '' })
  })

  it('ends with 6 when the time has passed, with 3 where it had no connection', async () => {
    const { server, run } = await connected()
    const late = await run('wait', '--timeout', '500ms')
    expect(late).toMatchObject({ code: 6, texts: [] })
    expect(jsonLines(late.stderr)).toMatchObject([{ error: { code: 'NOTHING' } }])
    await server.close()
    const unconnected = await run('wait', '--timeout', '500ms')
    expect(unconnected.code).toBe(3)
    expect(unconnected.stderr).toContain('NOT_CONNECTED')
  })

  it('is for one conversation where it is asked to be, and one that was read waits no more', async () => {
    const { say, start, run } = await connected()
    await say('hello')
    expect((await run('wait', '--conversation', 'carol', '--timeout', '500ms')).code).toBe(6)
    expect((await run('wait', '--conversation', 'alice')).texts).toEqual(['hello'])
    await start('listen', '--once').ended()
    expect((await run('wait', '--timeout', '500ms')).code).toBe(6)
  })

  it('ends with 130 at Ctrl-C, and with 2 where no server is known', async () => {
    const { start } = await connected()
    const waiting = start('wait')
    await waiting.said(/Waiting; Ctrl-C ends/)
    waiting.signal('SIGINT')
    expect((await waiting.ended()).code).toBe(130)
    const workspace = await temporaryFolder()
    expect((await runCommand(['wait', '--agent', 'carol', '--workspace', workspace])).code).toBe(2)
  })
})

describe('A wait for work', { timeout: 60_000 }, () => {
  it('shows what a claim can take, and takes none of it', async () => {
    const { say, start, run } = await connected({ queue: true })
    const waiting = start('wait', '--json')
    await say('one')
    expect((await waiting.ended()).code).toBe(0)
    await say('two')
    await run('listen', '--count', '2') // reads both; the work on them is still to do
    expect((await run('wait')).texts).toEqual(['one', 'two'])
    const [claim] = (await run('pending', 'claim')).lines
    expect(claim).toMatchObject({ message: { text: 'one' } })
    expect((await run('wait', '--timeout', '500ms')).code).toBe(6) // 'two' stands behind it
    await run('pending', 'complete', String(claim?.['token']))
    expect((await run('wait')).texts).toEqual(['two'])
  })

  it('ends when work that was put off is due, and when a lease has ended', async () => {
    const { say, run } = await connected({ queue: true })
    await say('later')
    await run('wait')
    const token = async (lease: string) => String((await run('pending', 'claim', '--lease', lease)).lines[0]?.['token'])
    await run('pending', 'release', await token('1h'), '--delay', '6s')
    expect((await run('wait', '--timeout', '200ms')).code).toBe(6)
    expect(await run('wait', '--timeout', '30s')).toMatchObject({ code: 0, texts: ['later'] })
    expect(await token('3s')).toMatch(/\w/)
    expect(await run('wait', '--timeout', '30s')).toMatchObject({ code: 0, texts: ['later'] })
  })
})
