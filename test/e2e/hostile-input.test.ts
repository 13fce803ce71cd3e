/** Bad input over real WebSockets: each is refused with a code, while another client goes on working. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveIM } from '../../adapters/node/index.ts'
import { memoryStorage, systemClock } from '../../src/index.ts'
import { toError } from '../../src/protocol/peer-error.ts'
import { createToken, tokenAuthenticator } from '../../src/server/index.ts'
import { connectRpc, type RpcSocketOptions } from '../support/rpc-socket.ts'
import { messageTo } from '../support/test-server.ts'

const KEY = new Uint8Array(32).fill(7)
const FRAME_BYTES = 64 * 1024

describe('A server under bad input', () => {
  let served: Awaited<ReturnType<typeof serveIM>>
  let witness: Awaited<ReturnType<typeof enter>>
  let witnessed = 0

  const connect = (options?: RpcSocketOptions) => connectRpc(served.url, options)
  const enter = async (agentId: string) => {
    const connected = await connect()
    await connected.client.open(agentId, { token: await createToken(KEY, { agentId }) })
    return connected
  }
  /** Another client sends and receives, as if nothing were. */
  const othersGoOn = async () => {
    witnessed += 1
    const id = `witness-${witnessed}`
    expect(await witness.client.call('message.send', messageTo('witness', id))).toMatchObject({ seq: witnessed })
  }
  /** The code of the next error that belongs to no request. */
  const faultOf = async (client: Awaited<ReturnType<typeof enter>>['client']) => {
    await client.until(() => client.frames.some(frame => frame.kind === 'error'))
    const frame = client.frames.find(frame => frame.kind === 'error')
    return frame?.kind === 'error' ? [frame.id, toError(frame.error).code] : undefined
  }

  beforeAll(async () => {
    served = await serveIM({
      storage: memoryStorage(),
      authenticator: tokenAuthenticator(KEY, systemClock),
      allowedOrigins: ['https://console.example'],
      limits: { frameBytes: FRAME_BYTES, textLength: 1000, requestsPerSecond: 1000, requestBurst: 100 },
    })
    witness = await enter('witness')
  })
  afterAll(() => served.close())

  it.each([
    ['no JSON', 'hello'],
    ['cut off JSON', '{"jsonrpc":"2.0","id":1,"meth'],
    ['an empty array', '[]'],
    ['an array in an array', '[[{"jsonrpc":"2.0","id":1,"method":"conversation.list"}]]'],
    ['a bare value', '42'],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"conversation.list"}'],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"conversation.list"}'],
    ['100,000 opening brackets', '['.repeat(60_000)],
    ['nothing', ''],
  ])('refuses %s with PROTOCOL_FRAME_INVALID and keeps the session', async (_, text) => {
    const { client } = await enter('mallory')
    client.raw(text)
    expect(await faultOf(client)).toEqual([null, 'PROTOCOL_FRAME_INVALID'])
    expect(await client.call('conversation.list')).toEqual({ conversations: [] })
    await othersGoOn()
    client.close()
  })

  it('refuses a binary frame', async () => {
    const { client, socket } = await enter('mallory')
    socket.send(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"conversation.list"}'), { binary: true })
    expect(await faultOf(client)).toEqual([null, 'PROTOCOL_FRAME_INVALID'])
    await othersGoOn()
    client.close()
  })

  it('refuses an oversized frame with a code and closes, and one far beyond with close code 1009', async () => {
    const { client } = await enter('mallory')
    client.raw(JSON.stringify({ text: '字'.repeat(FRAME_BYTES / 3) }))
    expect(await faultOf(client)).toEqual([null, 'PROTOCOL_FRAME_TOO_LARGE'])
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4003)
    const { client: other } = await enter('mallory')
    other.raw('x'.repeat(FRAME_BYTES * 3))
    await other.until(() => other.closing !== undefined)
    expect(other.closing?.code).toBe(1009)
    await othersGoOn()
  })

  it('closes a connection that goes on with what is no protocol', async () => {
    const { client } = await enter('mallory')
    for (let index = 0; index < 100; index++) client.raw('noise')
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4003)
    await othersGoOn()
  })

  it.each([
    ['an unknown method', 'message.teleport', {}, 'PROTOCOL_METHOD_UNKNOWN'],
    ['a method of every object', 'constructor', {}, 'PROTOCOL_METHOD_UNKNOWN'],
    ['params of another shape', 'message.send', { to: 5 }, 'PROTOCOL_PARAMS_INVALID'],
    ['params that are a list', 'message.send', [1, 2], 'PROTOCOL_PARAMS_INVALID'],
    ['an id with control characters', 'message.send', messageTo('a\u0007b', 'm'), 'PROTOCOL_PARAMS_INVALID'],
    ['a forged sender', 'message.send', messageTo('bob', 'm', { from: 'witness' }), 'FORBIDDEN'],
    ['a forged sequence', 'message.send', messageTo('bob', 'm', { seq: 7 }), 'FORBIDDEN'],
    ['a forged instant', 'message.send', messageTo('bob', 'm', { acceptedAt: '2020-01-01T00:00:00Z' }), 'FORBIDDEN'],
    ['a text that is too long', 'message.send', messageTo('bob', 'm', { text: 'x'.repeat(1001) }), 'MESSAGE_TOO_LARGE'],
    ['a group of strangers', 'message.send', messageTo('group-1', 'm'), 'CONVERSATION_NOT_FOUND'],
    ['history of strangers', 'history.fetch', { conversationId: 'witness' }, 'CONVERSATION_NOT_FOUND'],
    [
      'a second session.open',
      'session.open',
      { agentId: 'm', deviceId: 'd', versions: [1] },
      'PROTOCOL_PARAMS_INVALID',
    ],
  ])('refuses %s', async (_, method, params, code) => {
    const { client } = await enter('mallory')
    expect(await client.refusal(method, params)).toBe(code)
    expect(await client.call('conversation.list')).toEqual({ conversations: [] })
    await othersGoOn()
    client.close()
  })

  it.each([
    ['a polluting key', '{"json":{"__proto__":{"admin":true}}}', 'PROTOCOL_PARAMS_INVALID'],
    ['a polluting key in disguise', '{"json":{"\\u005f_proto__":{"admin":true}}}', 'PROTOCOL_PARAMS_INVALID'],
    ['data nested too deep', `{"json":${'['.repeat(500)}${']'.repeat(500)}}`, 'PROTOCOL_PARAMS_INVALID'],
  ])('refuses data with %s', async (_, data, code) => {
    const { client } = await enter('mallory')
    const params = JSON.stringify(messageTo('bob', 'm')).replace(/}$/, `,"data":${data}}`)
    client.raw(`{"jsonrpc":"2.0","id":9,"method":"message.send","params":${params}}`)
    expect(await faultOf(client)).toEqual([9, code])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    await othersGoOn()
    client.close()
  })

  it('passes a payload bomb on as the text that it is', async () => {
    const { client } = await enter('mallory')
    const data = { json: { a: 1e9 }, meta: { values: { a: [['typed-array', 'Uint8Array']] }, v: 1 } }
    expect(await client.call('message.send', messageTo('mallory', 'bomb', { data }))).toMatchObject({ seq: 1 })
    const { events } = await client.call('history.fetch', { conversationId: 'mallory' })
    expect(events[0].data).toEqual(data)
    await othersGoOn()
    client.close()
  })

  it('refuses a request before the session, and closes a connection that does not stop', async () => {
    const { client } = await connect()
    expect(await client.refusal('conversation.list')).toBe('PROTOCOL_SESSION_REQUIRED')
    for (let index = 0; index < 100; index++) void client.refusal('conversation.list')
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4003)
  })

  it.each([
    ['no token', async () => undefined],
    ['what is no token', async () => 'hunter2'],
    ['the token of another account', () => createToken(KEY, { agentId: 'witness' })],
    ['the token of another server', () => createToken(new Uint8Array(32), { agentId: 'mallory' })],
    ['a token that has expired', () => createToken(KEY, { agentId: 'mallory', expiresAt: 1 })],
  ])('refuses %s with AUTH_FAILED, closes, and does not repeat the token', async (_, makeToken) => {
    const { client } = await connect()
    const token = await makeToken()
    const refused = client.open('mallory', token === undefined ? {} : { token })
    await expect(refused).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4002)
    if (token) expect(JSON.stringify([client.frames, client.closing])).not.toContain(token)
    await othersGoOn()
  })

  it('refuses versions that it does not know', async () => {
    const { client } = await connect()
    const token = await createToken(KEY, { agentId: 'mallory' })
    await expect(client.open('mallory', { token, versions: [2, 3] })).rejects.toMatchObject({
      code: 'PROTOCOL_VERSION_UNSUPPORTED',
      details: { supported: [1] },
    })
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4004)
    await othersGoOn()
  })

  it('refuses a connection without the subprotocol, and one from a page of another origin', async () => {
    await expect(connect({ protocols: [] })).rejects.toThrow('400')
    await expect(connect({ protocols: ['graphql-ws'] })).rejects.toThrow('400')
    await expect(connect({ origin: 'https://evil.example' })).rejects.toThrow('403')
    await expect(connect({ origin: 'null' })).rejects.toThrow('403')
    for (const origin of ['https://console.example', served.url]) {
      const { client } = await connect({ origin })
      client.close()
    }
    await othersGoOn()
  })

  it('answers a flood with RATE_LIMITED, then closes it', async () => {
    const { client } = await enter('flooder')
    const codes: Promise<string>[] = []
    for (let index = 0; index < 2000; index++) codes.push(client.refusal('presence.watch', { agentIds: [] }))
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4005)
    const seen = new Set(await Promise.all(codes))
    expect([...seen].sort()).toEqual(['CONNECTION_LOST', 'RATE_LIMITED', 'accepted'])
    await othersGoOn()
  })
})
