/** Commands and programs beside a running agent: they work through it, and one of them takes its place when it dies. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient, type Message, memoryStorage } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jsonLines, runCommand, startCommand } from '../support/command.ts'
import { ReportingProgram } from '../support/reporting-program.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A server, an agent that runs in a process of its own, and somebody who talks to it. */
async function running(workspacePath?: string) {
  const server = new ServerProcess({ dataPath: await temporaryFolder() })
  onTestFinished(() => server.kill())
  await server.start()
  const workspace = workspacePath ?? join(await temporaryFolder(), 'agent')
  const agent = await startAgent(workspace, server.url)
  const bob = new IMClient({ storage: memoryStorage(), agentId: 'bob', imServerUrl: server.url })
  onTestFinished(() => bob.close())
  await bob.connect()
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand([...args, '--workspace', workspace])
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
    return stdout
  }
  return { server, workspace, agent, bob, run }
}

async function startAgent(workspace: string, url: string, handler: 'reports' | 'hangs' = 'reports') {
  const agent = ReportingProgram.start('agent', { workspace, url, agentId: 'agent', handler })
  onTestFinished(() => agent.kill())
  await agent.report('connected')
  return agent
}

describe('Beside a running agent', { timeout: 60_000 }, () => {
  it('commands send, look and change through it', async () => {
    const { agent, bob, run, workspace } = await running()
    const texts: string[] = []
    bob.on('message', ({ text }) => texts.push(text))
    expect(await run('send', 'bob', 'from a command', '--wait', 'delivered')).toMatch(/^delivered /)
    await expect.poll(() => texts).toEqual(['from a command'])
    await bob.sendMessage({ to: 'agent', text: 'to the agent' })
    await agent.reportsOf('handled', 1)
    expect(await run('history', 'bob')).toMatch(/from a command[\s\S]*to the agent/)
    await run('contacts', 'add', 'bob', '--name', 'Bob')
    expect(await run('contacts', 'list')).toContain('Bob')
    expect(await run('dead', 'list', '--json')).toBe('')
    const [status] = jsonLines(await run('status', '--json'))
    expect(status).toMatchObject({ source: 'files', owner: { pid: agent.pid }, connection: { state: 'connected' } })
    const asked = startCommand(['ask', 'bob', '6 x 7?', '--timeout', '20s', '--workspace', workspace])
    bob.onMessage(({ expectsReply }, { reply }) => (expectsReply ? void reply('42') : undefined))
    expect((await asked.ended()).stdout).toContain('42')
    expect(agent.reports.filter(({ event }) => event === 'error')).toEqual([])
  })

  it('listen prints what comes, and the agent handles it all the same', async () => {
    const { agent, bob, workspace } = await running()
    const listener = startCommand(['listen', '--workspace', workspace])
    await listener.said(/Connected/)
    await bob.sendMessage({ to: 'agent', text: 'hello both' })
    await listener.said(/hello both/)
    await agent.reportsOf('handled', 1)
  })

  it('a view goes on within two seconds when the agent is killed, and nothing is lost or sent twice', async () => {
    const { agent, bob, workspace, server } = await running()
    const view = new IMClient({ storage: fsStorage(workspace), attach: true })
    onTestFinished(() => view.close())
    const arrived: string[] = []
    view.on('message', ({ text }: Message) => arrived.push(text))
    await view.connect()
    const sent: Promise<Message>[] = []
    for (let n = 0; n < 300; n++) {
      sent.push(view.sendMessage({ to: 'bob', text: `${n}` }))
      if (n === 150) await agent.kill()
      if (n % 10 === 0) await new Promise(resolve => setTimeout(resolve, 1))
    }
    const killed = Date.now()
    const last = await view.sendMessage({ to: 'bob', text: 'last' })
    expect(Date.now() - killed).toBeLessThan(2000)
    await Promise.all(sent)
    await view.waitForStatus(last.id, 'delivered', { timeoutMs: 10_000 })
    const texts = (await bob.getConversationHistory({ contactId: 'agent', limit: 1000 })).map(({ text }) => text)
    expect([...texts].sort()).toEqual([...Array.from({ length: 300 }, (_, n) => `${n}`), 'last'].sort())
    await bob.sendMessage({ to: 'agent', text: 'are you there?' })
    await expect.poll(() => arrived).toContain('are you there?')
    const second = ReportingProgram.start('agent', { workspace, url: server.url, agentId: 'agent' })
    onTestFinished(() => second.kill())
    expect(await second.report('failed')).toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  it('fifty commands at once are answered, and the agent is not disturbed', async () => {
    const { agent, bob, run } = await running()
    const commands = Array.from({ length: 50 }, (_, n) => run('send', 'bob', `number ${n}`, '--wait', 'queued'))
    const received = Array.from({ length: 50 }, (_, n) => bob.sendMessage({ to: 'agent', text: `to the agent ${n}` }))
    await Promise.all([...commands, ...received])
    await agent.reportsOf('handled', 50)
    await expect
      .poll(async () => (await bob.getConversationHistory({ contactId: 'agent', limit: 200 })).length, {
        timeout: 10_000,
      })
      .toBe(100)
    expect(agent.reports.filter(({ event }) => event === 'error')).toEqual([])
  })

  it('status tells how the workspace stands also while the agent is stopped', async () => {
    const { agent, workspace } = await running()
    process.kill(agent.pid, 'SIGSTOP')
    const { code, stdout, stderr } = await runCommand(['status', '--json', '--workspace', workspace])
    process.kill(agent.pid, 'SIGCONT')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)).toMatchObject([{ owner: { pid: agent.pid }, connection: { state: 'unknown' } }])
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(agent.reports.filter(({ event }) => event === 'error')).toEqual([])
  })

  it('a workspace whose path is longer than that of a socket can be is shared as well', async () => {
    const deep = join(await temporaryFolder(), ...Array.from({ length: 5 }, () => 'a-folder-with-a-rather-long-name'))
    await mkdir(deep, { recursive: true })
    const { agent, run, workspace } = await running(deep)
    expect(await run('send', 'bob', 'from far below', '--wait', 'delivered')).toMatch(/^delivered /)
    expect(await readdir(join(workspace, 'im_client'))).toContain('owner.sock')
    agent.tell('close')
    await agent.ended()
    expect(await readdir(join(workspace, 'im_client'))).not.toContain('owner.sock')
  })
})
