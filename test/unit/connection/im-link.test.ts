import { expect, test } from 'vitest'
import '../../../src/protocol/peer-error.ts' // a client loads it with the first error answer
import { IMLink } from '../../../src/connection/im-link.ts'
import type { LinkEnd, LinkSession } from '../../../src/connection/link.ts'
import type { IMError } from '../../../src/errors.ts'
import { CLOSE_CODES } from '../../../src/protocol/version.ts'
import type { ServerSocket } from '../../../src/server/server-socket.ts'
import { InMemoryNetwork } from '../../support/in-memory-network.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'

const LIMITS = {
  frameBytes: 10_000,
  textLength: 1,
  requestsInFlight: 1,
  unackedItems: 1,
  historyPage: 1,
  groupMembers: 1,
}

const WELCOME = {
  sessionId: 's',
  version: 1,
  epoch: 'e',
  recovered: true,
  offset: 7,
  heartbeatMs: 1000,
  limits: LIMITS,
  serverTime: '2026-01-01T00:00:00.000Z',
}

interface Frame {
  readonly id?: number
  readonly method?: string
  readonly params?: Record<string, unknown>
}

/** A link to a server whose every frame is the test's. */
async function linked({ welcome = WELCOME as object | null } = {}) {
  const clock = new ManualClock()
  const received: Frame[] = []
  const ends: LinkEnd[] = []
  const sessions: LinkSession[] = []
  const feed: unknown[] = []
  let socket: ServerSocket | undefined
  let closed = 0
  const network = new InMemoryNetwork({
    accept(accepted) {
      socket = accepted
      return {
        receive: text => {
          const frame = JSON.parse(text) as Frame
          received.push(frame)
          if (frame.method === 'session.open' && welcome) send({ id: frame.id, result: welcome })
        },
        receiveBinary: () => {},
        opened: true,
        overflow: () => {},
        closed: () => {
          closed += 1
        },
      }
    },
  })
  const send = (frame: object) => socket?.send(JSON.stringify({ jsonrpc: '2.0', ...frame }))
  const link = new IMLink({
    url: 'ws://server.test/im',
    openSocket: network.openSocket,
    clock,
    connectTimeoutMs: 500,
    requestTimeoutMs: 700,
    heartbeatGraceMs: 300,
  })
  const connection = link.open(
    { agentId: 'agent', deviceId: 'device', token: 'secret', cursor: { epoch: 'e', offset: 3 }, incomplete: [] },
    {
      onOpen: session => sessions.push(session),
      onFeed: (_, batch) => feed.push(batch.offset),
      onPresence: () => {},
      onEnd: end => ends.push(end),
    },
  )
  await settled()
  const raw = (text: string) => socket?.send(text)
  const close = (code: number) => socket?.close(code, 'because')
  return { clock, network, received, ends, sessions, feed, send, raw, close, connection, closedTimes: () => closed }
}

const codes = (ends: readonly LinkEnd[]) => ends.map(({ error, next }) => [error.code, next])

test('Link: the handshake tells who it is, with the token in the frame, and a session follows', async () => {
  const { received, sessions } = await linked()
  expect(received).toMatchObject([
    {
      method: 'session.open',
      params: {
        agentId: 'agent',
        deviceId: 'device',
        token: 'secret',
        versions: [1],
        cursor: { epoch: 'e', offset: 3 },
      },
    },
  ])
  expect(sessions).toHaveLength(1)
  expect(sessions[0]?.facts).toMatchObject({ sessionId: 's', epoch: 'e', recovered: true, offset: 7, limits: LIMITS })
})

test('Link: feed batches that come with the answer are handed over after the session, in order', async () => {
  const { send, feed } = await linked()
  for (const offset of [8, 9]) send({ method: 'feed.events', params: { offset, events: [] } })
  await settled()
  expect(feed).toEqual([8, 9])
})

test('Link: a heartbeat is answered, and silence beyond it and its grace is the end', async () => {
  const { clock, received, ends, send, closedTimes } = await linked()
  await clock.advance(1299)
  send({ method: 'heartbeat', params: {} })
  await settled()
  expect(received.at(-1)).toMatchObject({ method: 'heartbeat' })
  await clock.advance(1299)
  expect(ends).toEqual([])
  await clock.advance(1)
  expect(codes(ends)).toEqual([['CONNECTION_LOST', 'retry']])
  expect(closedTimes()).toBe(1)
  expect(clock.waiting).toBe(0)
})

test('Link: a handshake without an answer is given up in time', async () => {
  const { clock, ends, sessions } = await linked({ welcome: null })
  await clock.advance(500)
  expect(codes(ends)).toEqual([['CONNECTION_TIMEOUT', 'retry']])
  expect(sessions).toEqual([])
})

test('Link: a handshake whose answer is not the protocol’s ends for good', async () => {
  const { ends } = await linked({ welcome: { ...WELCOME, heartbeatMs: 'soon' } })
  expect(codes(ends)).toEqual([['PROTOCOL_PARAMS_INVALID', 'never']])
})

test.each([
  ['AUTH_FAILED', 'auth'],
  ['PROTOCOL_VERSION_UNSUPPORTED', 'never'],
  ['RATE_LIMITED', 'retry'],
  ['SERVER_DRAINING', 'retry'],
  ['A_CODE_TO_COME', 'retry'],
])('Link: a handshake refused with %s means %s', async (code, next) => {
  const { send, ends } = await linked({ welcome: null })
  send({ id: 1, error: { code: -32000, message: 'no', data: { code, retryable: true, retryAfterMs: 5 } } })
  await settled()
  expect(ends.map(end => end.next)).toEqual([next])
  if (next === 'retry') expect(ends[0]?.retryAfterMs).toBe(5)
})

/** What each close means for the next attempt. */
const NEXT: Readonly<Record<keyof typeof CLOSE_CODES, string>> = {
  normal: 'retry',
  silent: 'retry',
  draining: 'retry',
  auth: 'auth',
  protocol: 'never',
  version: 'never',
  flood: 'retry',
  replaced: 'never',
  internal: 'retry',
}

test.each(Object.entries(NEXT))('Link: a close because of %s says whether to come back', async (name, next) => {
  const link = await linked()
  const code = CLOSE_CODES[name as keyof typeof CLOSE_CODES]
  link.close(code)
  await settled()
  expect(link.ends.map(end => end.next)).toEqual([next])
  expect(link.ends[0]?.error.details['closeCode']).toBe(code)
})

test('Link: when to come back is told before the close', async () => {
  const { send, close, ends } = await linked()
  send({ method: 'session.closing', params: { reason: 'draining', retryAfterMs: 1234 } })
  close(CLOSE_CODES.draining)
  await settled()
  expect(ends).toMatchObject([{ next: 'retry', retryAfterMs: 1234, error: { code: 'SERVER_DRAINING' } }])
})

test('Link: requests are answered, refused, or rejected with the end of the connection', async () => {
  const { clock, sessions, received, send, close } = await linked()
  const ask = () => sessions[0]?.request('receipt.update', { conversationId: 'c', read: 1 })
  const asked = Promise.allSettled([ask(), ask(), ask()])
  const ids = () => received.filter(({ method }) => method === 'receipt.update').map(({ id }) => id)
  await settled()
  send({ id: ids()[0], result: {} })
  send({ id: ids()[1], error: { code: -32000, message: 'no', data: { code: 'FORBIDDEN', retryable: false } } })
  await settled()
  close(1011)
  const outcomes = await asked
  const told = outcomes.map(outcome => (outcome.status === 'rejected' ? (outcome.reason as IMError).code : 'answered'))
  expect(told).toEqual(['answered', 'FORBIDDEN', 'CONNECTION_LOST'])
  expect(clock.waiting).toBe(0)
})

test('Link: what is not the protocol ends the connection once; what is newer than this client does not', async () => {
  const { send, raw, ends } = await linked()
  send({ method: 'news.from.the.future', params: { a: 1 } })
  send({ method: 'feed.events', params: { offset: 8, events: [], extra: true } })
  send({ id: 99, result: {} })
  await settled()
  expect(ends).toEqual([])
  raw('{ not json')
  raw('{ not json')
  send({ method: 'feed.events', params: { offset: 'x' } })
  await settled()
  expect(ends).toHaveLength(1)
  expect(ends[0]?.next).toBe('retry')
})

test('Link: one that is closed from this side says nothing more', async () => {
  const { connection, ends, clock, send, feed, closedTimes } = await linked()
  await connection.close()
  send({ method: 'feed.events', params: { offset: 8, events: [] } })
  await clock.advance(100_000)
  expect([ends, feed, clock.waiting, closedTimes()]).toEqual([[], [], 0, 1])
})

test('Link: an answer that is not the protocol’s ends the session, and is no refusal of what was asked', async () => {
  const { send, received, sessions, ends } = await linked()
  const asked = sessions[0]?.request('message.send', { id: 'm', to: 'you', text: '', sentAt: WELCOME.serverTime })
  const lost = expect(asked).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  await settled()
  send({ id: received.at(-1)?.id, result: { id: 'm', seq: 'one' } })
  await lost
  expect(codes(ends)).toEqual([['CONNECTION_LOST', 'retry']])
})

test('Link: requests of one turn share a frame with a server that takes arrays, and only with such a one', async () => {
  for (const capabilities of [['batch'], []]) {
    const { received, sessions } = await linked({ welcome: { ...WELCOME, capabilities } })
    for (const offset of [8, 9]) sessions[0]?.acknowledge(offset)
    await settled()
    const sent: unknown[] = received.slice(1)
    const acknowledged = [8, 9].map(offset => ({ jsonrpc: '2.0', method: 'feed.ack', params: { offset } }))
    expect(sent).toEqual(capabilities.length > 0 ? [acknowledged] : acknowledged)
  }
})

test('Link: what was said in the turn of the closing still goes out', async () => {
  const { network, sessions, connection } = await linked({ welcome: { ...WELCOME, capabilities: ['batch'] } })
  sessions[0]?.acknowledge(8)
  const closing = connection.close()
  expect(network.sent.slice(1)).toEqual(['{"jsonrpc":"2.0","method":"feed.ack","params":{"offset":8}}'])
  await closing
})
