import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { SupervisedWorkspace } from '../../../../../playground/console/src/queue/supervised-workspace.ts'
import { IMClient } from '../../../../../src/index.ts'
import { giveWork, startEmployee, superviseEmployee } from '../../../../support/supervised-employee.ts'

function look(server: string, { agentId = 'you', token = 'your token' } = {}) {
  const way = new SupervisedWorkspace({
    server,
    workspace: 'employee',
    agentId,
    token: async () => token,
    WebSocket: WebSocket as unknown as new (url: string, protocol: string) => globalThis.WebSocket,
  })
  const client = new IMClient({ storage: way.storage, attach: true })
  const reaches: string[] = []
  way.onReach(() => reaches.push(way.reach.name))
  const stop = async () => {
    way.stop()
    await client.close()
  }
  onTestFinished(stop)
  return { way, client, reaches, stop }
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await pause(10)
}

describe('SupervisedWorkspace', { timeout: 30_000 }, () => {
  it('gives a client what it reads of the queue, and lets it clear dead letters', async () => {
    const supervised = await superviseEmployee()
    const { employee, url } = supervised
    await giveWork(supervised, 'to be given up', 'waiting')
    const [first] = await employee.claimMessages({ limit: 1 })
    await first?.fail('too hard')
    const { client } = look(url)
    expect((await client.getPendingMessages()).map(({ text }) => text)).toEqual(['waiting'])
    expect(await client.listDeadLetters()).toMatchObject([{ reason: 'too hard', message: { text: 'to be given up' } }])
    expect(client.state.name).toBe('connected') // the employee's own connection
    expect(await client.redriveDeadLetters({ kind: 'pending' })).toBe(1)
    expect(await employee.stats()).toMatchObject({ pending: 2, deadLetters: 0 })
  })

  it('is refused what the employee alone may do', async () => {
    const { url } = await superviseEmployee()
    const { client } = look(url)
    await expect(client.sendMessage({ to: 'client', text: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(client.claimMessages()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await client.stats()).toMatchObject({ agentId: 'employee', outbox: 0 })
  })

  it('says why the person may not see it', async () => {
    const { url } = await superviseEmployee()
    const wrong = look(url, { token: 'wrong' })
    await expect(wrong.client.stats()).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    expect(wrong.way.reach).toMatchObject({ name: 'refused', error: { code: 'AUTH_FAILED' } })
    const other = look(url, { agentId: 'other', token: 'their token' })
    await expect(other.client.stats()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('says that the employee does not run, and goes on with the next that does', async () => {
    const { url, employee, path } = await superviseEmployee()
    const { client, way, reaches } = look(url)
    await client.stats()
    await employee.close()
    await until(() => way.reach.name === 'notRunning')
    const waiting = client.stats()
    startEmployee(path, url).open()
    expect(await waiting).toMatchObject({ agentId: 'employee' })
    expect(reaches).toEqual(['running', 'connecting', 'notRunning', 'running'])
  })

  it('hears what it subscribed to from each employee anew', async () => {
    const supervised = await superviseEmployee()
    const { url, employee, path } = supervised
    const { client, way } = look(url)
    const states: string[] = []
    client.on('state', ({ name }) => states.push(name))
    await client.stats()
    await employee.close()
    await until(() => way.reach.name === 'notRunning')
    states.length = 0
    await startEmployee(path, url).connect()
    await until(() => states.at(-1) === 'connected')
  })

  it('can be closed while it waits for an employee, and for a server', async () => {
    const { url, employee } = await superviseEmployee()
    await employee.close()
    const waiting = look(url)
    const stats = waiting.client.stats()
    await until(() => waiting.way.reach.name === 'notRunning')
    await waiting.stop()
    await expect(stats).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    const nowhere = look('http://127.0.0.1:9') // the discard port: nobody listens there
    nowhere.client.stats().catch(() => {})
    await until(() => nowhere.way.reach.name === 'unreachable')
    await nowhere.stop()
  })
})
