import '../../../src/connection/token.ts' // loaded here, so that a provider is asked within a turn
import { expect, test } from 'vitest'
import { ConnectionManager, type ConnectionOptions } from '../../../src/connection/connection-manager.ts'
import type { LinkCredentials, LinkEvents, LinkSession } from '../../../src/connection/link.ts'
import type { ConnectionState } from '../../../src/connection/state.ts'
import { IMError } from '../../../src/errors.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'

const lost = new IMError('CONNECTION_LOST', 'lost')
const refused = new IMError('AUTH_FAILED', 'refused')

/** An attempt of the manager's, as the other end sees it. */
interface Attempt {
  readonly credentials: LinkCredentials
  readonly events: LinkEvents
  closed: boolean
}

/** A manager with a link whose other end is the test. */
function managed(options: Partial<ConnectionOptions> = {}) {
  const clock = new ManualClock()
  const attempts: Attempt[] = []
  const states: ConnectionState[] = []
  const ended: string[] = []
  const wakers = new Set<() => void>()
  const manager = new ConnectionManager({
    link: {
      open(credentials, events) {
        const attempt = { credentials, events, closed: false }
        attempts.push(attempt)
        return {
          close: async () => {
            attempt.closed = true
          },
        }
      },
    },
    handler: {
      cursor: async () => ({ epoch: 'e', offset: attempts.length }),
      incomplete: () => [],
      onSession: () => {},
      onFeed: () => {},
      onPresence: () => {},
      onSessionEnd: ({ facts }) => ended.push(facts.sessionId),
    },
    agentId: 'agent',
    deviceId: 'device',
    token: undefined,
    tokenTimeoutMs: 1000,
    backoff: { baseMs: 100, capMs: 400 },
    clock,
    random: { number: () => 0.5, bytes: length => new Uint8Array(length) },
    onState: state => states.push(state),
    onWake: wake => {
      wakers.add(wake)
      return () => wakers.delete(wake)
    },
    ...options,
  })
  const latest = (): Attempt => {
    const attempt = attempts.at(-1)
    if (!attempt) throw new Error('There was no attempt yet.')
    return attempt
  }
  const wake = () => {
    for (const waker of [...wakers]) waker()
  }
  return { manager, clock, attempts, states, ended, wakers, latest, wake }
}

function session(sessionId: string): LinkSession {
  return { facts: { sessionId, recovered: true } } as LinkSession
}

const names = (states: readonly ConnectionState[]) => states.map(({ name }) => name)

test('Connection Manager: one attempt after the other, each after a longer wait, until a session opens', async () => {
  const { manager, clock, attempts, states, latest } = managed()
  manager.connect()
  manager.connect()
  await settled()
  for (const waitMs of [50, 100, 200, 200, 200]) {
    const { length } = attempts
    latest().events.onEnd({ error: lost, next: 'retry' })
    await clock.advance(waitMs - 1)
    expect(attempts.length).toBe(length)
    await clock.advance(1)
    expect(attempts.length).toBe(length + 1)
  }
  latest().events.onOpen(session('s'))
  expect(manager.state).toMatchObject({ name: 'connected', sessionId: 's', recovered: true })
  expect(names(states).filter(name => name === 'waiting').length).toBe(5)
  expect(clock.waiting).toBe(0)
})

test('Connection Manager: a session that lasted ends the count of attempts', async () => {
  const { manager, clock, attempts, latest } = managed()
  manager.connect()
  await settled()
  for (let n = 0; n < 3; n++) {
    latest().events.onEnd({ error: lost, next: 'retry' })
    await clock.advance(1000)
  }
  latest().events.onOpen(session('s'))
  await clock.advance(30_000)
  latest().events.onEnd({ error: lost, next: 'retry' })
  expect(manager.state).toMatchObject({ name: 'waiting', attempt: 1, retryAt: clock.now() + 50 })
  await clock.advance(50)
  expect(attempts.length).toBe(5)
})

test('Connection Manager: sessions that end at once are attempts, each after a longer wait', async () => {
  const { manager, clock, attempts, latest } = managed()
  manager.connect()
  await settled()
  const waits: number[] = []
  for (let count = 1; count <= 4; count++) {
    latest().events.onOpen(session('s'))
    latest().events.onEnd({ error: lost, next: 'retry' })
    expect(manager.state).toMatchObject({ name: 'waiting', attempt: count })
    waits.push((manager.state.name === 'waiting' ? manager.state.retryAt : 0) - clock.now())
    await clock.advance(waits.at(-1) ?? 0)
  }
  expect(waits).toEqual([50, 100, 200, 200])
  expect(attempts.length).toBe(5)
})

test('Connection Manager: the cursor is asked for anew before each attempt', async () => {
  const { manager, clock, attempts, latest } = managed()
  manager.connect()
  await settled()
  latest().events.onEnd({ error: lost, next: 'retry' })
  await clock.advance(1000)
  expect(attempts.map(({ credentials }) => credentials.cursor?.offset)).toEqual([0, 1])
})

test('Connection Manager: a wait that the server asked for is honoured', async () => {
  const { manager, clock, attempts, latest } = managed()
  manager.connect()
  await settled()
  latest().events.onEnd({ error: lost, next: 'retry', retryAfterMs: 8000 })
  await clock.advance(8999) // 8,000 and half of a quarter
  expect(attempts.length).toBe(1)
  await clock.advance(1)
  expect(attempts.length).toBe(2)
})

test('Connection Manager: a wake-up cuts the wait short, and means nothing at any other time', async () => {
  const { manager, clock, attempts, latest, wake, wakers } = managed()
  manager.connect()
  await settled()
  wake()
  manager.wake()
  expect(attempts.length).toBe(1)
  latest().events.onEnd({ error: lost, next: 'retry', retryAfterMs: 60_000 })
  wake()
  await settled()
  expect(attempts.length).toBe(2)
  expect(wakers.size).toBe(0)
  expect(clock.waiting).toBe(0)
})

test('Connection Manager: whoever asks to connect while it waits need not wait, and starts no second attempt', async () => {
  const { manager, attempts, latest } = managed()
  manager.connect()
  await settled()
  manager.connect()
  latest().events.onEnd({ error: lost, next: 'retry', retryAfterMs: 60_000 })
  manager.connect()
  manager.connect()
  await settled()
  expect(attempts.length).toBe(2)
})

test('Connection Manager: a refused token is final where it cannot change, until connect is called', async () => {
  const { manager, clock, attempts, states, latest } = managed({ token: 'fixed' })
  manager.connect()
  await settled()
  latest().events.onEnd({ error: refused, next: 'auth' })
  expect(manager.state).toEqual({ name: 'needsAuth', reason: refused })
  await clock.advance(1_000_000)
  expect(attempts.length).toBe(1)
  manager.connect()
  await settled()
  expect(attempts.length).toBe(2)
  expect(names(states)).toEqual(['connecting', 'needsAuth', 'connecting'])
})

test('Connection Manager: a token provider is asked again after a refusal, three times in all', async () => {
  let asked = 0
  const { manager, clock, attempts, latest } = managed({ token: () => `token ${++asked}` })
  manager.connect()
  await settled()
  for (let n = 0; n < 3; n++) {
    latest().events.onEnd({ error: refused, next: 'auth' })
    await clock.advance(1000)
  }
  expect(attempts.map(({ credentials }) => credentials.token)).toEqual(['token 1', 'token 2', 'token 3'])
  expect(manager.state.name).toBe('needsAuth')
})

test('Connection Manager: a session that opens forgives earlier refusals', async () => {
  const { manager, clock, latest } = managed({ token: () => 'token' })
  manager.connect()
  await settled()
  for (let n = 0; n < 10; n++) {
    latest().events.onEnd({ error: refused, next: 'auth' })
    await clock.advance(1000)
    latest().events.onOpen(session(`s${n}`))
    latest().events.onEnd({ error: lost, next: 'retry' })
    await clock.advance(1000)
  }
  expect(manager.state.name).toBe('connecting')
})

test('Connection Manager: a token provider that fails is tried again later', async () => {
  let asked = 0
  const token = async () => {
    if (++asked === 1) throw new Error('no network')
    return 'token'
  }
  const { manager, clock, attempts } = managed({ token })
  manager.connect()
  await settled()
  expect(manager.state).toMatchObject({ name: 'waiting', reason: { code: 'AUTH_TOKEN_UNAVAILABLE' } })
  await clock.advance(1000)
  expect(attempts.map(({ credentials }) => credentials.token)).toEqual(['token'])
})

test('Connection Manager: what will not go away ends the attempts', async () => {
  const { manager, clock, attempts, latest } = managed()
  manager.connect()
  await settled()
  const error = new IMError('PROTOCOL_VERSION_UNSUPPORTED', 'too new')
  latest().events.onEnd({ error, next: 'never' })
  await clock.advance(1_000_000)
  expect(manager.state).toEqual({ name: 'failed', reason: error })
  expect(attempts.length).toBe(1)
})

test('Connection Manager: close ends a wait, an attempt or a session, and what comes later means nothing', async () => {
  for (const stage of ['token', 'attempt', 'session', 'wait'] as const) {
    const token = stage === 'token' ? () => new Promise<string>(() => {}) : 'fixed'
    const { manager, clock, attempts, ended, states, wakers } = managed({ token })
    manager.connect()
    await settled()
    const [attempt] = attempts
    if (stage === 'session') attempt?.events.onOpen(session('s'))
    if (stage === 'wait') attempt?.events.onEnd({ error: lost, next: 'retry' })
    await manager.close()
    attempt?.events.onOpen(session('late'))
    attempt?.events.onEnd({ error: lost, next: 'retry' })
    manager.connect()
    await settled()
    expect(manager.state, stage).toEqual({ name: 'closed' })
    expect(states.at(-1), stage).toEqual({ name: 'closed' })
    expect(attempts.length, stage).toBe(stage === 'token' ? 0 : 1)
    expect(
      attempts.every(({ closed }) => closed),
      stage,
    ).toBe(true)
    expect(ended, stage).toEqual(stage === 'session' ? ['s'] : [])
    expect([clock.waiting, wakers.size], stage).toEqual([0, 0])
  }
})

test('Connection Manager: a session is given up exactly once when its connection is lost', async () => {
  const { manager, ended, latest } = managed()
  manager.connect()
  await settled()
  const { events } = latest()
  events.onOpen(session('s'))
  events.onEnd({ error: lost, next: 'retry' })
  events.onEnd({ error: lost, next: 'retry' })
  expect(ended).toEqual(['s'])
  expect(manager.state).toMatchObject({ name: 'waiting', attempt: 1 })
})
