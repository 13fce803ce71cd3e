/** `im-client send --expect-reply`: which message is the answer, and what is shown until it comes. */
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, type MessageHandlerFunction, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Asks an agent that handles messages like this; gives what the command said. */
async function ask(handler: MessageHandlerFunction, ...args: string[]) {
  const server = await serveIM({ storage: memoryStorage() })
  const bob = new IMClient({ storage: memoryStorage(), agentId: 'bob', imServerUrl: server.url })
  onTestFinished(() => bob.close().then(() => server.close()))
  bob.onMessage(handler)
  await bob.connect()
  const workspace = join(await temporaryFolder(), 'alice')
  const place = ['--agent', 'alice', '--workspace', workspace, '--server', server.url]
  return await runCommand(['send', 'bob', 'work', '--expect-reply', ...args, ...place])
}

describe('A question', { timeout: 60_000 }, () => {
  it('is not answered by news of the work: they are shown, and the wait goes on', async () => {
    const { code, stdout, stderr } = await ask(async (_, { progress, reply }) => {
      await progress('half of it\n\u001b[31mis done')
      await reply('all of it is done')
    })
    const lines = stdout.trimEnd().split('\n')
    expect([code, lines]).toEqual([0, [expect.stringMatching(/ to bob$/), expect.stringMatching(/bob: all of it/)]])
    expect(stderr).toContain('bob: half of it \ufffd[31mis done\n')
  })

  it('is not answered by news where answers are JSON either', async () => {
    const { stdout, stderr } = await ask(async (_, { progress, reply }) => {
      await progress('half of it is done')
      await reply('all of it is done')
    }, '--json')
    expect(jsonLines(stdout).map(({ text }) => text)).toEqual(['work', 'all of it is done'])
    expect(stderr).toBe('')
  })

  it('is answered by a refusal', async () => {
    const { code, stdout } = await ask(async (_, { decline }) => void (await decline('not mine')), '--json')
    expect([code, jsonLines(stdout)[1]]).toMatchObject([0, { text: 'not mine', replyKind: 'declined' }])
  })
})

describe('What is sent', { timeout: 60_000 }, () => {
  it('says how much it matters and until when, also while there is no server', async () => {
    const workspace = join(await temporaryFolder(), 'alice')
    const place = ['--agent', 'alice', '--workspace', workspace, '--wait', 'queued', '--json']
    const { code, stdout } = await runCommand(['send', 'bob', 'hi', '--importance', 'low', '--expires', '1h', ...place])
    const [message] = jsonLines(stdout)
    expect([code, message]).toMatchObject([0, { status: 'queued', importance: 'low' }])
    expect(Date.parse(String(message?.['expiresAt'])) - Date.parse(String(message?.['sentAt']))).toBeCloseTo(
      3_600_000,
      -4,
    )
    expect((await runCommand(['send', 'bob', 'hi', '--importance', 'urgent', ...place])).code).toBe(2)
  })
})
