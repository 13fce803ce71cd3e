/** `im-client ask`: every outcome, and waiting on after the command was killed. */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, type IMClientOptions, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand, startCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A server, and an agent that is asked. */
async function begin(options: Partial<IMClientOptions> = {}) {
  const server = await serveIM({ storage: memoryStorage() })
  const bob = new IMClient({ storage: memoryStorage(), agentId: 'bob', imServerUrl: server.url, ...options })
  onTestFinished(() => bob.close().then(() => server.close()))
  await bob.connect()
  const workspace = join(await temporaryFolder(), 'alice')
  const place = ['--agent', 'alice', '--workspace', workspace, '--server', server.url]
  return { bob, place, ask: (...args: string[]) => runCommand(['ask', ...args, ...place]) }
}

describe('A question on the command line', { timeout: 60_000 }, () => {
  it('is answered, with news on the way', async () => {
    const { bob, ask } = await begin()
    bob.onMessage(async (_, { progress, reply }) => {
      await progress('thinking')
      await reply('because')
    })
    const { code, stdout, stderr } = await ask('bob', 'why?')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/bob: because\n$/)])
    expect(stderr).toContain('bob: thinking')
  })

  it('is declined, with a code of its own', async () => {
    const { bob, ask } = await begin()
    bob.onMessage(async (_, { decline }) => void (await decline('not mine')))
    const { code, stdout } = await ask('bob', 'why?', '--json')
    expect([code, jsonLines(stdout)]).toMatchObject([7, [{ outcome: 'declined', answer: { text: 'not mine' } }]])
  })

  it('expires where nobody begins with it', async () => {
    const { bob, ask } = await begin({ queue: true })
    const { code, stdout } = await ask('bob', 'why?', '--timeout', '1s', '--json')
    expect([code, jsonLines(stdout)]).toMatchObject([6, [{ outcome: 'expired' }]])
    expect(await bob.claimMessages()).toEqual([])
  })

  it('is waited for again where it is pending, and when the command was killed', async () => {
    const { bob, place, ask } = await begin({ queue: true })
    const asking = startCommand(['ask', 'bob', 'why?', '--timeout', '20s', ...place])
    let [claim] = await bob.claimMessages()
    while (!claim) {
      await setTimeout(50)
      ;[claim] = await bob.claimMessages()
    }
    asking.signal('SIGKILL')
    await asking.ended()
    const list = await ask('--list', '--json')
    const [open] = jsonLines(list.stdout)
    expect(open).toMatchObject({ conversationId: 'bob', state: 'open' })
    const id = String(open?.['id'])
    const early = await ask('--resume', id, '--timeout', '1s')
    expect([early.code, early.stdout]).toEqual([6, expect.stringContaining(`im-client ask --resume ${id}`)])
    await claim.complete('because')
    const late = await ask('--resume', id, '--json')
    expect([late.code, jsonLines(late.stdout)]).toMatchObject([
      0,
      [{ outcome: 'answered', answer: { text: 'because' } }],
    ])
    expect(jsonLines((await ask('--list', '--json')).stdout)).toEqual([])
  })

  it('can be left with Ctrl-C, which says how to wait on', async () => {
    const { bob, place } = await begin({ queue: true })
    const asking = startCommand(['ask', 'bob', 'why?', '--importance', 'high', ...place])
    while ((await bob.getPendingMessages({ importance: 'high' })).length === 0) await setTimeout(50)
    const [question] = await bob.getPendingMessages()
    asking.signal('SIGINT')
    const { code, stderr } = await asking.ended()
    expect([code, stderr]).toEqual([130, expect.stringContaining(`im-client ask --resume ${question?.id}`)])
  })

  it('is refused where it is none', async () => {
    const { ask } = await begin()
    expect((await ask('bob')).code).toBe(2)
    expect((await ask('--resume', 'nothing', '--timeout', '2s')).code).toBe(1)
  })
})
