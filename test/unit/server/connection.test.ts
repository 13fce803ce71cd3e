import { describe, expect, it } from 'vitest'
import { IMError, memoryStorage } from '../../../src/index.ts'
import { settled } from '../../support/manual-clock.ts'
import type { RpcClient } from '../../support/rpc-client.ts'
import { messageTo, startTestServer } from '../../support/test-server.ts'

const heard = (client: RpcClient, method: string) =>
  client.frames.filter(frame => frame.kind === 'notification' && frame.method === method).length

describe('A connection', () => {
  it('is closed when no session is opened in time, and not when one is', async () => {
    const { connect, join, clock } = await startTestServer({ limits: { handshakeMs: 1000 } })
    const { client: idle } = connect()
    const { client: open } = await join('alice')
    await clock.advance(1001)
    expect([idle.closing?.code, open.closing]).toEqual([4000, undefined])
  })

  it('gives way to a new session of the same device, even when it does not answer any more', async () => {
    const { server, join } = await startTestServer()
    const old = await join('alice', { deviceId: 'phone' })
    const laptop = await join('alice', { deviceId: 'laptop' })
    old.freeze()
    const { client } = await join('alice', { deviceId: 'phone' })
    expect(server.stats().sessions).toBe(2)
    expect(await client.call('message.send', messageTo('bob', 'm'))).toMatchObject({ seq: 1 })
    expect(laptop.client.closing).toBeUndefined()
    const third = await join('alice', { deviceId: 'phone' })
    await client.until(() => client.closing !== undefined)
    expect([client.closing?.code, third.client.closing]).toEqual([4006, undefined])
  })

  it('beats when there is silence, and is closed when nothing answers', async () => {
    const { join, clock, server } = await startTestServer({ heartbeatMs: 1000, heartbeatGraceMs: 500 })
    const { client } = await join('alice')
    const halfOpen = await join('bob')
    await clock.advance(1000)
    expect(heard(client, 'heartbeat')).toBe(1)
    client.notify('heartbeat')
    halfOpen.freeze()
    await clock.advance(499)
    expect(server.stats().sessions).toBe(2)
    await clock.advance(1)
    expect(server.stats().sessions).toBe(1)
    await clock.advance(5000)
    expect([client.closing?.code, server.stats().sessions, clock.waiting]).toEqual([4000, 0, 0])
  })

  it('does not beat for a client that is talking, however the wall clock jumps', async () => {
    const { join, clock } = await startTestServer({ heartbeatMs: 1000, heartbeatGraceMs: 500 })
    const { client } = await join('alice')
    for (let index = 0; index < 10; index++) {
      await clock.advance(400)
      await client.call('conversation.list')
    }
    expect(heard(client, 'heartbeat')).toBe(0)
    clock.set(clock.now() - 1e9)
    await clock.advance(1400)
    expect(heard(client, 'heartbeat')).toBeLessThanOrEqual(1)
    expect(client.closing).toBeUndefined()
  })

  it('is refused when the account has too many, with a time to come back', async () => {
    const { join, connect } = await startTestServer({ limits: { connectionsPerAccount: 2 } })
    await join('alice', { deviceId: '1' })
    await join('alice', { deviceId: '2' })
    const { client } = connect()
    const refused = client.open('alice', { deviceId: '3' })
    await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 10_000 })
    await join('alice', { deviceId: '2' })
  })

  it('is refused when the account has too many, although all ask at once', async () => {
    const { connect, server } = await startTestServer({ limits: { connectionsPerAccount: 2 } })
    const opening = Array.from({ length: 8 }, (_, index) => connect().client.open('alice', { deviceId: `${index}` }))
    const outcomes = await Promise.allSettled(opening)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    expect(server.stats()).toMatchObject({ sessions: 2, connections: 2 })
  })

  it('is refused while too many others have no session, and not any more when they have', async () => {
    const { connect, server } = await startTestServer({ limits: { handshakes: 2 } })
    const [first, second, third] = [connect(), connect(), connect()]
    await settled()
    expect([first, second, third].map(({ client }) => client.closing?.code)).toEqual([undefined, undefined, 4005])
    await first.client.open('alice')
    await connect().client.open('bob')
    expect(server.stats()).toMatchObject({ sessions: 2, connections: 3 })
  })

  it('takes large frames only when its session is open', async () => {
    const { connect, join } = await startTestServer({ limits: { handshakeBytes: 1000 } })
    const { client: stranger } = connect()
    await expect(stranger.open('alice', { token: 'x'.repeat(1000) })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(stranger.closing?.code).toBe(4003)
    const { client: known } = await join('alice')
    expect(await known.refusal('message.send', messageTo('bob', 'm', { text: 'x'.repeat(1000) }))).toBe('accepted')
  })

  it('answers requests above the rate with a time to come back, and takes them again after it', async () => {
    const { join, clock } = await startTestServer({ limits: { requestsPerSecond: 10, requestBurst: 5 } })
    const { client } = await join('alice')
    const codes = await Promise.all(Array.from({ length: 7 }, () => client.refusal('conversation.list')))
    expect(codes).toEqual([...Array(5).fill('accepted'), 'RATE_LIMITED', 'RATE_LIMITED'])
    await expect(client.call('conversation.list')).rejects.toMatchObject({ retryAfterMs: 100 })
    await clock.advance(100)
    expect(await client.refusal('conversation.list')).toBe('accepted')
    expect(client.closing).toBeUndefined()
  })

  it('passes over notifications, answers and fields that it does not know', async () => {
    const { join } = await startTestServer()
    const { client } = await join('alice', { future: { more: true } })
    client.notify('future.hint', { a: 1 })
    client.raw('{"jsonrpc":"2.0","id":77,"result":{}}')
    client.raw('{"jsonrpc":"2.0","id":77,"error":{"code":1,"message":"?"}}')
    expect(await client.call('conversation.list', { future: 1 })).toEqual({ conversations: [] })
    expect(client.frames.some(frame => frame.kind === 'error')).toBe(false)
  })

  it('loses nothing of a send whose answer never came', async () => {
    const { join } = await startTestServer()
    const first = await join('alice')
    const sending = first.client.refusal('message.send', messageTo('bob', 'm1'))
    await Promise.resolve()
    first.cut()
    expect(await sending).toBe('CONNECTION_LOST')
    await settled()
    const { client } = await join('alice')
    await client.until(() => client.events.length === 1)
    expect(client.events).toMatchObject([{ id: 'm1', from: 'alice', conversationId: 'bob' }])
    expect(await client.call('message.send', messageTo('bob', 'm1'))).toMatchObject({ seq: 1, duplicate: true })
  })
})

describe('A server whose storage fails', () => {
  it('tells its operator what it does not tell its clients', async () => {
    const errors: IMError[] = []
    const storage = memoryStorage()
    const { join } = await startTestServer({ storage, onError: error => errors.push(error) })
    const { client } = await join('alice')
    await client.call('message.send', messageTo('bob', 'm1'))
    storage.list = async () => {
      throw new IMError('STORAGE_DAMAGED', 'Sector 7 is gone.')
    }
    const refused = client.call('history.fetch', { conversationId: 'bob' })
    await expect(refused).rejects.toMatchObject({ code: 'INTERNAL', message: 'The request failed.' })
    expect(errors).toMatchObject([{ code: 'STORAGE_DAMAGED' }])
  })

  it('goes away when another server has taken the storage over', async () => {
    const errors: IMError[] = []
    const storage = memoryStorage()
    const { join } = await startTestServer({ storage, onError: error => errors.push(error) })
    const { client } = await join('alice')
    storage.write = async () => {
      throw new IMError('STORAGE_FENCED', 'Another has taken over.')
    }
    expect(await client.refusal('message.send', messageTo('bob', 'm1'))).not.toBe('accepted')
    await client.until(() => client.closing !== undefined)
    expect([client.closing?.code, errors.length]).toEqual([4001, 1])
  })
})

describe('A server that drains', () => {
  it('says when to come back, spread over time, and refuses what is new', async () => {
    const { server, join, connect } = await startTestServer()
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map(name => join(name)))
    const drained = server.drain({ retryAfterMs: 1000 })
    const { client: late } = connect()
    await drained
    await settled()
    const pauses = clients.map(({ client }) => {
      const frame = client.frames.find(frame => frame.kind === 'notification' && frame.method === 'session.closing')
      return (frame?.kind === 'notification' && (frame.params as { retryAfterMs: number }).retryAfterMs) || 0
    })
    expect(pauses.every(pause => pause >= 500 && pause <= 1500)).toBe(true)
    expect(new Set(pauses).size).toBeGreaterThan(1)
    expect([late, ...clients.map(({ client }) => client)].map(client => client.closing?.code)).toEqual(
      Array(5).fill(4001),
    )
  })

  it('answers what was under way before it closes', async () => {
    const { server, join } = await startTestServer()
    const { client } = await join('alice')
    const sending = Array.from({ length: 50 }, (_, index) => client.call('message.send', messageTo('bob', `m${index}`)))
    await settled()
    await server.drain()
    expect((await Promise.all(sending)).map(answer => answer.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })
})

describe('Presence', () => {
  it('is told when asked and when it changes, once for all devices of an account', async () => {
    const { join, clock } = await startTestServer()
    const { client: alice } = await join('alice')
    const { presences } = await alice.call('presence.watch', { agentIds: ['bob', 'alice'] })
    expect(presences).toMatchObject([
      { agentId: 'bob', online: false },
      { agentId: 'alice', online: true },
    ])
    await clock.advance(1000)
    const phone = await join('bob', { deviceId: 'phone' })
    const laptop = await join('bob', { deviceId: 'laptop' })
    phone.cut()
    await clock.advance(1000)
    laptop.cut()
    await settled()
    const changes = alice.frames.flatMap(frame =>
      frame.kind === 'notification' && frame.method === 'presence.changed' ? [frame.params] : [],
    )
    expect(changes).toEqual([
      { agentId: 'bob', online: true, since: '2026-01-01T00:00:01.000Z' },
      { agentId: 'bob', online: false, since: '2026-01-01T00:00:02.000Z' },
    ])
  })

  it('is told of those alone who were asked for last', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    await alice.call('presence.watch', { agentIds: ['bob'] })
    await alice.call('presence.watch', { agentIds: ['carol'] })
    await join('bob')
    await join('carol')
    await alice.until(() => heard(alice, 'presence.changed') > 0)
    expect(heard(alice, 'presence.changed')).toBe(1)
  })

  it('takes an array of messages as if each had come alone, and answers for each', async () => {
    const { join } = await startTestServer()
    const { client } = await join('alice')
    const call = (id: number, method: string, params: object) => ({ jsonrpc: '2.0', id, method, params })
    client.raw(
      JSON.stringify([
        call(101, 'message.send', messageTo('bob', 'm1')),
        7,
        call(102, 'message.send', messageTo('bob', 'm2')),
      ]),
    )
    await client.until(() => client.frames.length >= 4)
    expect(client.frames.slice(1)).toMatchObject([
      { kind: 'error', id: null, error: { data: { code: 'PROTOCOL_FRAME_INVALID' } } },
      { kind: 'result', id: 101, result: { seq: 1 } },
      { kind: 'result', id: 102, result: { seq: 2 } },
    ])
  })

  it('sends arrays to those alone who say that they take them', async () => {
    const { connect } = await startTestServer()
    const frames: Record<string, string[]> = { alice: [], bob: [] }
    for (const [agentId, capabilities] of [
      ['alice', ['batch']],
      ['bob', []],
    ] as const) {
      const { client } = connect()
      const receive = client.receive.bind(client)
      client.receive = text => {
        frames[agentId]?.push(text)
        receive(text)
      }
      expect(await client.open(agentId, { capabilities })).toMatchObject({ capabilities: ['batch'] })
      await Promise.all(['m1', 'm2'].map(id => client.call('message.send', messageTo('carol', id))))
    }
    expect(frames['alice']?.filter(text => text.startsWith('['))).toHaveLength(1)
    expect(frames['bob']?.filter(text => text.startsWith('['))).toEqual([])
  })
})
