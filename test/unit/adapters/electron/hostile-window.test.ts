import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { METHODS } from '../../../../adapters/electron/method-shapes.ts'
import { AppWorld, outcomeOf, RawPage, until } from '../../../support/app-world.ts'

let app: AppWorld
let page: RawPage
beforeEach(async () => {
  app = await AppWorld.start()
  page = await app.hostile()
})

/** After all that a hostile window has done the owner works, and another window with it. */
afterEach(async () => {
  const client = app.client(app.window())
  const { id } = await client.sendMessage({ to: 'bob', text: 'all is well' })
  await app.world.pass(10)
  expect(await app.owner.getRecipients(id)).toHaveLength(1)
  expect(await client.stats()).toMatchObject({ state: 'connected', outbox: 0 })
  expect(app.errors).toEqual([])
})

/** What is an argument of no method. */
const WRONG: readonly unknown[] = [
  null,
  true,
  { no: { such: 'thing' }, $data: { json: 1 } },
  [[]],
  { $error: { name: 'x', message: 'x' } },
  { $undefined: 1 },
]

describe('A hostile window gets a code or a TypeError for', () => {
  it.each(Object.keys(METHODS))('arguments of no type that %s takes, and for too many', async name => {
    const shapes = METHODS[name] ?? []
    expect(await page.call(name, ...shapes.map(() => ({ $undefined: true })), 'one more')).toBe('TypeError')
    for (const at of shapes.keys()) {
      for (const wrong of WRONG) {
        const outcome = await page.call(name, ...shapes.map((_, place) => (place === at ? wrong : 'text')))
        expect(outcome).toSatisfy(code => typeof code === 'string' && /^TypeError$|^[A-Z_]+$/.test(code))
      }
    }
  })

  it('a wrong type, and says which member it was, with a code', async () => {
    const { result } = await page.ask('call', { id: 1, name: 'sendMessage', args: [{ to: 'bob', text: 5 }] })
    expect(result?.error).toMatchObject({
      $error: { name: 'TypeError', cause: { name: 'PROTOCOL_PARAMS_INVALID', details: { path: 'text' } } },
    })
  })

  it.each([
    'close',
    'onMessage',
    'handle',
    'work',
    '__proto__',
    'constructor',
    'toString',
    'valueOf',
    '',
    'a'.repeat(1e6),
  ])('a method %.20s', async name => {
    expect(await page.call(name)).toBe('PROTOCOL_METHOD_UNKNOWN')
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'run', 'event', ''])('a call %s', async method => {
    expect(outcomeOf(await page.ask(method, {}))).toBe('PROTOCOL_METHOD_UNKNOWN')
  })

  it.each([
    ['call', null],
    ['call', []],
    ['call', { id: 1, name: 'stats' }],
    ['call', { id: '1', name: 'stats', args: [] }],
    ['call', { id: 1, name: 'stats', args: 'none' }],
    ['call', { id: 1, name: ['stats'], args: [] }],
    ['call', { id: 1, name: 'stats', args: [], more: 1 }],
    ['call', { id: 1e300, name: 'stats', args: [] }],
    ['attach', { version: '1', agentId: null }],
    ['attach', { version: 1, agentId: {} }],
    ['subscribe', { name: '__proto__' }],
    ['subscribe', { name: 'everything' }],
    ['handle', { id: -0.5 }],
    ['remove', {}],
    ['say', { run: 1, method: 'constructor', what: 'x' }],
    ['claim', { token: 't', method: 'toString', args: [] }],
    ['claim', { token: 1, method: 'complete', args: [] }],
    ['work', { options: {} }],
    ['abort', 1],
  ])('parameters of no call: %s %j', async (method, params) => {
    expect(outcomeOf(await page.ask(method, params))).toBe('PROTOCOL_PARAMS_INVALID')
  })

  it.each([
    ['work', { id: 1, options: null }],
    ['work', { id: 1, options: { concurrency: 'many' } }],
    ['say', { run: 1, method: 'reply', what: 5 }],
    ['say', { run: 1, method: 'send', what: 'text' }],
    ['claim', { token: 't', method: 'complete', args: [5] }],
    ['claim', { token: 't', method: 'extend', args: ['long'] }],
    ['claim', { token: 't', method: 'fail', args: [] }],
  ])('arguments of no type that is taken: %s %j', async (method, params) => {
    expect(outcomeOf(await page.ask(method, params))).toBe('TypeError')
  })

  it.each(['__proto__', 'constructor', 'prototype'])('the key %s, wherever it stands', async key => {
    const wild = `{"to":"bob","text":"x","data":{"$data":{"json":{"a":[{"${key}":{"polluted":1}}]}}}}`
    const args = [`[${wild}]`, `[{"${key}":{"to":"bob","text":"x"}}]`, `[{"to":"bob","text":"x","${key}":{}}]`]
    for (const [at, text] of args.entries()) {
      page.send(`{"jsonrpc":"2.0","id":${at},"method":"call","params":{"id":1,"name":"sendMessage","args":${text}}}`)
      const answer = await until(() => page.frames.find(({ id }) => id === at))
      expect(outcomeOf(answer)).toBe('PROTOCOL_PARAMS_INVALID')
    }
    expect({}).not.toHaveProperty('polluted')
    expect(await app.owner.getConversationHistory({ contactId: 'bob' })).toEqual([])
  })

  it('depth', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    page.send(`{"jsonrpc":"2.0","id":"deep","method":"call","params":{"id":1,"name":"stats","args":[${deep}]}}`)
    expect(outcomeOf(await until(() => page.frames.find(({ id }) => id === 'deep')))).toBe('PROTOCOL_PARAMS_INVALID')
  })

  it('calls before it attaches', async () => {
    const early = new RawPage(app.window().mainFrame)
    await early.open()
    expect(await early.call('stats')).toBe('PROTOCOL_METHOD_UNKNOWN')
    expect(outcomeOf(await early.ask('handle', { id: 1 }))).toBe('PROTOCOL_METHOD_UNKNOWN')
  })

  it('an id that is that of another call', async () => {
    const { id } = await app.owner.sendMessage({ to: 'bob', text: 'nobody reads this' })
    const waiting = { id: 1, name: 'waitForStatus', args: [id, 'read'] }
    page.send({ jsonrpc: '2.0', id: 'twice', method: 'call', params: waiting })
    page.send({ jsonrpc: '2.0', id: 'twice', method: 'call', params: { id: 2, name: 'stats', args: [] } })
    const answer = await until(() => page.frames.find(({ id }) => id === 'twice'))
    expect(outcomeOf(answer)).toBe('PROTOCOL_PARAMS_INVALID')
  })

  it('calls without number that want no answer: they wait like any other', async () => {
    const { id } = await app.owner.sendMessage({ to: 'bob', text: 'nobody reads this' })
    for (let count = 1; count <= 10_000; count++) {
      const params = { id: count, name: 'waitForStatus', args: [id, 'read'] }
      page.send({ jsonrpc: '2.0', method: 'call', params })
    }
    expect(await page.call('stats')).toBe('RATE_LIMITED')
  })

  it('asking to connect again and again, on whatever port', async () => {
    const { mainFrame } = app.window()
    const outcomes: unknown[] = []
    for (let at = 0; at < 4; at++) {
      const other = new RawPage(mainFrame, `port ${at}`)
      await other.open()
      await other.ask('attach', { version: 1, agentId: null })
      for (let count = 0; count < 5; count++) outcomes.push(await other.call('connect'))
      other.say({ type: 'close', port: `port ${at}` })
    }
    expect(outcomes.filter(outcome => outcome === 'RATE_LIMITED')).toHaveLength(10)
  })

  it('asking to connect again and again', async () => {
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => page.call('connect')))
    expect(outcomes.filter(outcome => outcome === 'RATE_LIMITED')).toHaveLength(20)
  })

  it('handlers without number', async () => {
    const ids = Array.from({ length: 1001 }, (_, id) => id)
    const outcomes = await Promise.all(ids.map(async id => outcomeOf(await page.ask('handle', { id }, `h${id}`))))
    expect(outcomes.filter(outcome => outcome === 'RATE_LIMITED')).toHaveLength(1)
  })
})

describe('A hostile window loses its port for', () => {
  it('a text of 100 MB', async () => {
    page.send('x'.repeat(100 * 1024 * 1024))
    await until(() => page.isClosed)
    expect(page.frames.at(-1)?.error?.data.code).toBe('PROTOCOL_FRAME_TOO_LARGE')
    expect(app.refused).toMatchObject([{ code: 'PROTOCOL_FRAME_TOO_LARGE', workspace: 'work' }])
  })

  it.each([
    ['no JSON', 'GET / HTTP/1.1'],
    ['no JSON-RPC', '{}'],
    ['half a frame', '{"jsonrpc":"2.0","id":1'],
    ['many in one', '[{"jsonrpc":"2.0","id":1,"method":"pulse"}]'],
    ['ids that are objects', '{"jsonrpc":"2.0","id":{},"method":"pulse"}'],
  ])('what is no frame, time and again: %s', async (_, text) => {
    for (let count = 0; count <= 16; count++) page.send(text)
    await until(() => page.isClosed)
    expect(page.frames.filter(({ error }) => error?.data.code === 'PROTOCOL_FRAME_INVALID')).toHaveLength(16)
    expect(app.refused.map(({ code }) => code)).toEqual(['PROTOCOL_FRAME_INVALID'])
  })

  it('nonsense without number, of which the app is told a few times', async () => {
    const nonsense = { type: 'text', port: 'mine', text: 5 }
    for (let count = 0; count < 1000; count++) page.say(nonsense)
    await until(() => page.isClosed)
    expect(app.refused.length).toBeLessThan(120)
    expect(app.refused.at(-1)?.code).toBe('RATE_LIMITED')
  })

  it('a text of millions of values, which is not read', async () => {
    const params = `{"id":1,"name":"stats","args":[${'{},'.repeat(5_000_000)}0]}`
    page.send(`{"jsonrpc":"2.0","id":"wide","method":"call","params":${params}}`)
    await until(() => page.isClosed)
    expect(page.frames.some(({ id }) => id === 'wide')).toBe(false)
    expect(app.refused).toMatchObject([{ code: 'RATE_LIMITED' }])
  })

  it('a flood, and is not listened to until it is over', async () => {
    const padded = `{"jsonrpc":"2.0","method":"pulse","params":{}}${' '.repeat(8_000_000)}`
    await until(() => {
      page.send(padded)
      return page.isClosed
    })
    expect(app.refused).toMatchObject([{ code: 'RATE_LIMITED' }])
  })

  it('not reading what it is sent', async () => {
    const text = 'x'.repeat(1_000_000)
    for (let count = 0; count < 20; count++) await app.owner.sendMessage({ to: 'bob', text })
    const args = [{ contactId: 'bob', limit: 100 }]
    for (let id = 1; id < 20; id++) {
      page.send({ jsonrpc: '2.0', id, method: 'call', params: { id, name: 'getConversationHistory', args } })
    }
    await until(() => page.isClosed)
    expect(app.refused).toMatchObject([{ code: 'RATE_LIMITED' }])
  })
})

describe('A frame inside a page', () => {
  it('that floods takes nothing from the page', async () => {
    const window = app.window()
    const own = await app.hostile(window)
    const inner = new RawPage(window.addFrame('https://evil.example/'), 'evil')
    for (let count = 0; count < 200; count++) inner.say('nonsense')
    await until(() => app.refused.some(({ code }) => code === 'RATE_LIMITED'))
    expect(await own.call('stats')).toMatchObject({ agentId: 'alice' })
    expect(own.isClosed).toBe(false)
  })
})

describe('The main process drops', () => {
  it.each([
    ['nothing', undefined],
    ['a text', 'open'],
    ['another type', { type: 'constructor', port: 'mine' }],
    ['a port that is no text', { type: 'close', port: {} }],
    ['a name without end', { type: 'open', port: 'p'.repeat(1000), workspace: 'work' }],
    ['a workspace that is no text', { type: 'open', port: 'p', workspace: ['work'] }],
    ['more than there is to say', { type: 'close', port: 'mine', more: 1 }],
    ['numbers that are none', { type: 'read', port: 'mine', characters: Number.NaN }],
    ['a text that is none', { type: 'text', port: 'mine', text: new Map() }],
  ])('what is no message: %s', async (_, message) => {
    page.say(message)
    await until(() => app.refused.length > 0)
    expect(app.refused.map(({ code }) => code)).toEqual(['PROTOCOL_FRAME_INVALID'])
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
  })

  it('answers that nobody has asked for', async () => {
    page.send({ jsonrpc: '2.0', id: 1, result: { value: 1 } })
    page.send({ jsonrpc: '2.0', id: 'x', error: { code: 1, message: 'x' } })
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
  })
})
