import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MAX_TEXT_LENGTH } from '../../../../src/index.ts'
import { giveWork, RawPage, superviseEmployee } from '../../../support/supervised-employee.ts'

const call = (name: string, args: unknown = []) => ({ id: 1, name, args })
const code = (answer: object) => (answer as { error?: { data?: { code?: string } } }).error?.data?.code

describe('Supervision', { timeout: 30_000 }, () => {
  it('shows the queue of an employee to a person who may see it', async () => {
    const supervised = await superviseEmployee()
    await giveWork(supervised, 'count this')
    const page = await RawPage.entered(supervised.url)
    const answer = await page.ask('call', call('getPendingMessages'))
    expect(answer).toMatchObject({ result: { value: [{ from: 'client', text: 'count this' }] } })
  })

  it.each([
    ['a wrong token', 'employee', { agentId: 'you', token: 'x' }, 'AUTH_FAILED'],
    ['no token', 'employee', { agentId: 'you' }, 'AUTH_FAILED'],
    ['an account that may not see it', 'employee', { agentId: 'other', token: 'their token' }, 'FORBIDDEN'],
    ['a workspace that is not there', 'nobody', { agentId: 'you', token: 'your token' }, 'FORBIDDEN'],
    ['a name of every object', '__proto__', { agentId: 'you', token: 'your token' }, 'FORBIDDEN'],
    ['a path', '..%2fserver', { agentId: 'you', token: 'your token' }, 'FORBIDDEN'],
    ['no name in UTF-8', '%E0%A4%A', { agentId: 'you', token: 'your token' }, 'FORBIDDEN'],
    ['no account', 'employee', {}, 'PROTOCOL_SESSION_REQUIRED'],
    ['an account that is no text', 'employee', { agentId: ['you'] }, 'PROTOCOL_SESSION_REQUIRED'],
    ['a token that is no text', 'employee', { agentId: 'you', token: {} }, 'PROTOCOL_SESSION_REQUIRED'],
    ['nothing', 'employee', null, 'PROTOCOL_SESSION_REQUIRED'],
  ])('refuses %s and hangs up', async (_, workspace, params, expected) => {
    const { url } = await superviseEmployee()
    const page = new RawPage(url, { workspace })
    expect(code((await page.authenticate(params)) as object)).toBe(expected)
    expect(await page.until(() => page.closed)).toBe(4403)
  })

  it.each([
    [{ agentId: 'you', token: 'your token' }, ['employee']],
    [{ agentId: 'other', token: 'their token' }, []],
  ])('tells %j which workspaces there are', async (params, workspaces) => {
    const { url } = await superviseEmployee()
    const page = new RawPage(url, { workspace: '' })
    expect(await page.authenticate(params)).toMatchObject({ result: { workspaces } })
    await page.until(() => page.closed)
  })

  it('refuses pages of other origins, and what does not ask for its protocol', async () => {
    const { url } = await superviseEmployee()
    const foreign = new RawPage(url, { origin: 'https://evil.example' })
    const [, response] = await once(foreign.socket, 'unexpected-response')
    expect(response.statusCode).toBe(403)
    const own = new RawPage(url, { origin: url })
    await once(own.socket, 'open')
  })

  it('says that the employee does not run, and ends with it', async () => {
    const { url, employee } = await superviseEmployee()
    const page = await RawPage.entered(url)
    await employee.close()
    expect(await page.until(() => page.closed)).toBe(4410)
    const next = new RawPage(url)
    expect(await next.authenticate({ agentId: 'you', token: 'your token' })).toMatchObject({
      result: { running: false },
    })
    expect(await next.until(() => next.closed)).toBe(4410)
  })

  it.each([
    ['a call before it is let in', { jsonrpc: '2.0', id: 1, method: 'call', params: call('stats') }],
    ['no JSON', 'GET / HTTP/1.1'],
    ['half a frame', '{"jsonrpc":"2.0"'],
    ['an array', [{ jsonrpc: '2.0', id: 1, method: 'pulse', params: {} }]],
    ['an answer', { jsonrpc: '2.0', id: 1, result: { value: true } }],
    ['depth', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ])('hangs up where the first frame is %s', async (_, frame) => {
    const { url } = await superviseEmployee()
    const page = new RawPage(url)
    await once(page.socket, 'open')
    page.send(frame)
    expect([1008, 4403]).toContain(await page.until(() => page.closed))
  })

  it('hangs up on who says more before it is let in, and on frames that are long or no text', async () => {
    const { url } = await superviseEmployee()
    const eager = new RawPage(url)
    await once(eager.socket, 'open')
    const hello = { jsonrpc: '2.0', id: 1, method: 'authenticate', params: { agentId: 'you', token: 'your token' } }
    eager.send(hello)
    eager.send(hello)
    expect(await eager.until(() => eager.closed)).toBe(1008)
    const long = await RawPage.entered(url)
    long.send('x'.repeat(70_000))
    expect(await long.until(() => long.closed)).toBe(1009)
    const binary = await RawPage.entered(url)
    binary.socket.send(Buffer.from([1, 2, 3]))
    expect(await binary.until(() => binary.closed)).toBe(1008)
  })

  it('answers FORBIDDEN to everything that is not for supervisors, and the employee never hears of it', async () => {
    const supervised = await superviseEmployee()
    await giveWork(supervised, 'work')
    const page = await RawPage.entered(supervised.url)
    const asks: [string, unknown][] = [
      ['call', call('sendMessage', [{ to: 'client', text: 'as the employee' }])],
      ['call', call('claimMessages')],
      ['call', call('getConversationHistory', [{ contactId: 'client' }])],
      ['handle', { id: 1 }],
      ['work', { id: 1, options: {} }],
      ['say', { run: 1, method: 'reply', what: 'x' }],
      ['claim', { token: 'x', method: 'complete', args: [] }],
      ['subscribe', { name: 'message' }],
      ['__proto__', {}],
    ]
    for (const [method, params] of asks)
      expect([method, code(await page.ask(method, params))]).toEqual([method, 'FORBIDDEN'])
    expect(await supervised.employee.stats()).toMatchObject({ outbox: 0, pending: 1 })
    expect(await supervised.employee.getPendingMessages({ state: 'claimed' })).toEqual([])
    expect(code(await page.ask('call', call('stats')))).toBeUndefined() // the page is still served
  })

  it.each([
    ['no JSON-RPC', '{"id":1}'],
    ['empty texts', ''],
    ['depth', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    [
      'deep arguments',
      `{"jsonrpc":"2.0","id":9,"method":"call","params":{"id":1,"name":"stats","args":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ],
    ['answers to nothing', '{"jsonrpc":"2.0","id":1,"result":{"value":{"$error":{"name":"x","message":"y"}}}}'],
    ['errors of nobody', '{"jsonrpc":"2.0","id":null,"error":{}}'],
    ['ids that are objects', '{"jsonrpc":"2.0","id":{},"method":"pulse","params":{}}'],
    [
      'what rich values are made of',
      '{"jsonrpc":"2.0","id":9,"method":"call","params":{"id":1,"name":"getContact","args":[{"data":{"$data":{"json":{},"meta":{"values":{"__proto__":["set"]}}}}}]}}',
    ],
  ])('the employee goes on unharmed by a flood of %s', async (_, frame) => {
    const supervised = await superviseEmployee()
    await giveWork(supervised, 'work')
    const page = await RawPage.entered(supervised.url)
    for (let sent = 0; sent < 60; sent++) if (page.closed === undefined) page.socket.send(frame, () => {})
    await pause(200)
    const other = await RawPage.entered(supervised.url)
    expect(await other.ask('call', call('getPendingMessages'))).toMatchObject({ result: { value: [{ text: 'work' }] } })
    expect(supervised.errors).toEqual([])
  })

  it('lets a flood of calls through a few at a time, and slows it', async () => {
    const supervised = await superviseEmployee()
    const page = await RawPage.entered(supervised.url)
    const count = 500
    const pad = 'x'.repeat(1000) // a system hands over what has come in pieces of some ten thousand bytes
    const start = performance.now()
    for (let id = 1; id <= count; id++) page.send({ jsonrpc: '2.0', id, method: 'call', params: call('stats'), pad })
    await page.until(() => (page.heard.length >= count ? true : undefined))
    expect(performance.now() - start).toBeGreaterThan(1000)
    const codes = new Set(page.heard.map(code))
    expect([...codes].every(one => one === undefined || one === 'RATE_LIMITED')).toBe(true)
    expect(supervised.errors).toEqual([])
  })

  it('gives up a page that does not read, and an answer that is too long for it', async () => {
    const supervised = await superviseEmployee()
    const long = 'x'.repeat(MAX_TEXT_LENGTH - 1)
    await giveWork(supervised, ...Array<string>(5).fill(long))
    const page = await RawPage.entered(supervised.url)
    page.socket.pause()
    for (let id = 1; id <= 10; id++)
      page.send({ jsonrpc: '2.0', id, method: 'call', params: call('getPendingMessages') })
    await pause(2500)
    page.socket.resume()
    expect([1006, 1009]).toContain(await page.until(() => page.closed))
    await giveWork(supervised, ...Array<string>(5).fill(long))
    const next = await RawPage.entered(supervised.url)
    expect(code(await next.ask('call', call('getPendingMessages')))).toBe('PROTOCOL_FRAME_TOO_LARGE')
    expect(await next.ask('call', call('stats'))).toMatchObject({ result: { value: { pending: 10 } } })
  })

  it('bounds the pages of one account', async () => {
    const { url } = await superviseEmployee()
    for (let page = 0; page < 16; page++) await RawPage.entered(url)
    const page = new RawPage(url)
    expect(code((await page.authenticate({ agentId: 'you', token: 'your token' })) as object)).toBe('RATE_LIMITED')
  })
})
