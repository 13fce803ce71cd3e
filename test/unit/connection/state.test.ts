import { expect, test } from 'vitest'
import { attemptsSince, type ConnectionEvent, type ConnectionState, transition } from '../../../src/connection/state.ts'
import { IMError } from '../../../src/errors.ts'

const reason = new IMError('CONNECTION_LOST', 'lost')

const STATES = {
  disconnected: { name: 'disconnected' },
  connecting: { name: 'connecting', attempt: 2 },
  waiting: { name: 'waiting', attempt: 3, retryAt: 50, reason },
  connected: { name: 'connected', sessionId: 's', recovered: true, attempt: 4, openedAt: 1000 },
  needsAuth: { name: 'needsAuth', reason },
  failed: { name: 'failed', reason },
  closed: { name: 'closed' },
} as const satisfies Record<ConnectionState['name'], ConnectionState>

const EVENTS = {
  start: { type: 'start' },
  opened: { type: 'opened', sessionId: 't', recovered: false, at: 2000 },
  lost: { type: 'lost', reason, retryAt: 99, at: 30_999 },
  refused: { type: 'refused', reason },
  failed: { type: 'failed', reason },
  retry: { type: 'retry' },
  close: { type: 'close' },
} as const satisfies Record<ConnectionEvent['type'], ConnectionEvent>

const first: ConnectionState = { name: 'connecting', attempt: 0 }
const connected: ConnectionState = { name: 'connected', sessionId: 't', recovered: false, attempt: 2, openedAt: 2000 }
const waiting = (attempt: number): ConnectionState => ({ name: 'waiting', attempt, retryAt: 99, reason })

/** Every step there is; what is not named changes nothing. */
const STEPS: Record<ConnectionState['name'], Partial<Record<ConnectionEvent['type'], ConnectionState>>> = {
  disconnected: { start: first, close: STATES.closed },
  connecting: {
    opened: connected,
    lost: waiting(3),
    refused: STATES.needsAuth,
    failed: STATES.failed,
    close: STATES.closed,
  },
  waiting: { retry: { name: 'connecting', attempt: 3 }, close: STATES.closed },
  connected: { lost: waiting(5), refused: STATES.needsAuth, failed: STATES.failed, close: STATES.closed },
  needsAuth: { start: first, close: STATES.closed },
  failed: { start: first, close: STATES.closed },
  closed: {},
}

for (const [name, state] of Object.entries(STATES) as [ConnectionState['name'], ConnectionState][]) {
  for (const [type, event] of Object.entries(EVENTS) as [ConnectionEvent['type'], ConnectionEvent][]) {
    const next = STEPS[name][type]
    test(`State: ${type} in ${name} ${next ? `leads to ${next.name}` : 'changes nothing'}`, () => {
      if (next) expect(transition(state, event)).toEqual(next)
      else expect(transition(state, event)).toBe(state)
    })
  }
}

test('State: attempts are counted until a session has lasted for half a minute', () => {
  expect(Object.values(STATES).map(state => attemptsSince(state, 30_999))).toEqual([0, 2, 3, 4, 0, 0, 0])
  expect(attemptsSince(STATES.connected, 31_000)).toBe(0)
  expect(transition(STATES.connected, { ...EVENTS.lost, at: 31_000 })).toEqual(waiting(1))
})
