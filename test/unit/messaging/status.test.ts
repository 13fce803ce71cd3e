import { expect, test } from 'vitest'
import { endNumbering, noteRepeated } from '../../../src/messaging/numbering.ts'
import { recipientStatuses, statusOf } from '../../../src/messaging/status.ts'
import { type ConversationRecord, joinPositions, type ReaderPosition } from '../../../src/model/conversation.ts'
import type { StoredMessage } from '../../../src/model/event.ts'

function record(positions: Record<string, ReaderPosition>, participants = ['me', ...Object.keys(positions)]) {
  return { participants, positions } as unknown as ConversationRecord
}

const message = (from: string, seq = 5) => ({ from, seq }) as StoredMessage

const ME = { agentId: 'me', now: 0 }

const EXPIRES_AT = '2026-01-01T00:00:00.000Z'
const expiring = (from: string) => ({ ...message(from), expiresAt: EXPIRES_AT })
const at = (offset: number) => ({ agentId: 'me', now: Date.parse(EXPIRES_AT) + offset })

test('Status: one’s own is accepted until the recipient has stored it, and then as far as its positions say', () => {
  const status = (position: ReaderPosition) => statusOf(message('me'), record({ you: position }), ME)
  expect(status({})).toBe('accepted')
  expect(status({ delivered: 4 })).toBe('accepted')
  expect(status({ delivered: 5 })).toBe('delivered')
  expect(status({ delivered: 9, read: 4 })).toBe('delivered')
  expect(status({ delivered: 9, read: 5 })).toBe('read')
  expect(status({ read: 5, done: 7 })).toBe('done')
})

test('Status: in a group it is as far as the recipient that is furthest behind', () => {
  const status = (...positions: ReaderPosition[]) =>
    statusOf(message('me'), record(Object.fromEntries(positions.map((position, n) => [`r${n}`, position]))), ME)
  expect(status({ read: 5 }, { delivered: 5 })).toBe('delivered')
  expect(status({ read: 5 }, { read: 6 })).toBe('read')
  expect(status({ read: 5 }, {})).toBe('accepted')
})

test('Status: a recipient of whom nothing is known holds it back, one’s own position does not count', () => {
  expect(statusOf(message('me'), record({ you: { read: 5 } }, ['me', 'you', 'silent']), ME)).toBe('accepted')
  expect(statusOf(message('me'), record({ you: { read: 5 }, me: {} }, ['me', 'you']), ME)).toBe('read')
  expect(statusOf(message('me'), record({}, ['me']), ME)).toBe('accepted')
})

test('Status: a message of somebody else’s is delivered, since it is stored, and read as far as one has read', () => {
  expect(statusOf(message('you'), record({}), ME)).toBe('delivered')
  expect(statusOf(message('you'), record({ me: { read: 5 } }), ME)).toBe('read')
  expect(statusOf(message('you'), record({ me: { read: 4 } }), ME)).toBe('delivered')
  expect(statusOf(message('you'), undefined, ME)).toBe('delivered')
})

test('Status: who joined after a message is none of its recipients', () => {
  const group = { ...record({ you: { delivered: 9 } }, ['me', 'you', 'late', 'toString']), joined: { late: 6 } }
  const there = { ...group, participants: ['me', 'you', 'late'] }
  expect(statusOf(message('me', 5), there, ME)).toBe('delivered')
  expect(statusOf(message('me', 7), there, ME)).toBe('accepted')
  expect(statusOf(message('me', 5), group, ME)).toBe('accepted')
})

test('Status: what became of a message itself decides, whatever the positions that cover it say', () => {
  const status = (position: ReaderPosition, seq = 5) => statusOf(message('me', seq), record({ you: position }), ME)
  for (const outcome of ['expired', 'failed', 'done'] as const) {
    expect(status({ outcomes: { '5': outcome } })).toBe(outcome)
    expect(status({ delivered: 9, read: 9, done: 9, outcomes: { '5': outcome } })).toBe(outcome)
    expect(status({ read: 9, outcomes: { '5': outcome } }, 6)).toBe('read')
    expect(status({ read: 5, outcomes: { '5': outcome } }, 6)).toBe('accepted')
    expect(statusOf(message('you'), record({ me: { read: 9, outcomes: { '5': outcome } } }), ME)).toBe(outcome)
  }
})

test('Status: one failure in a group counts before one expiry, and that before whoever is furthest behind', () => {
  const readers = { a: { read: 9 }, b: { outcomes: { '5': 'expired' } }, c: { outcomes: { '5': 'failed' } }, d: {} }
  const status = (...names: (keyof typeof readers)[]) =>
    statusOf(message('me'), record(Object.fromEntries(names.map(name => [name, readers[name] as ReaderPosition]))), ME)
  expect([status('a', 'b', 'c', 'd'), status('d', 'c', 'b', 'a'), status('c', 'd')]).toEqual(Array(3).fill('failed'))
  expect([status('a', 'b', 'd'), status('d', 'b', 'a'), status('b')]).toEqual(Array(3).fill('expired'))
  expect([status('a', 'd'), status('a'), status('d', 'a')]).toEqual(['accepted', 'read', 'accepted'])
})

test('Status: each recipient of one’s own message has one of its own', () => {
  const group = {
    ...record({ a: { read: 9 }, b: { delivered: 9, outcomes: { '5': 'failed' } } }, ['me', 'a', 'b', 'c', 'late']),
    joined: { late: 6 },
  }
  expect(recipientStatuses(message('me'), group, ME)).toEqual([
    { agentId: 'a', status: 'read' },
    { agentId: 'b', status: 'failed' },
    { agentId: 'c', status: 'accepted' },
  ])
  expect(recipientStatuses(message('me'), undefined, ME)).toEqual([])
})

test('Status: what was not read in time has expired, and late news of it still count', () => {
  const status = (position: ReaderPosition, offset: number) =>
    statusOf(expiring('me'), record({ you: position }), at(offset))
  expect([status({}, -1), status({ delivered: 5 }, -1)]).toEqual(['accepted', 'delivered'])
  expect([status({}, 0), status({ delivered: 5 }, 0)]).toEqual(['expired', 'expired'])
  expect([status({ read: 5 }, 0), status({ read: 5, done: 5 }, 0)]).toEqual(['read', 'done'])
  expect([status({ outcomes: { '5': 'done' } }, 0), status({ outcomes: { '5': 'failed' } }, 0)]).toEqual([
    'done',
    'failed',
  ])
  expect(statusOf(expiring('me'), record({ a: { read: 5 }, b: { delivered: 5 } }), at(0))).toBe('expired')
  expect(statusOf(expiring('me'), record({}, ['me']), at(0))).toBe('accepted')
})

test('Status: a message of somebody else’s expires unless one has read it', () => {
  const status = (position: ReaderPosition, offset: number) =>
    statusOf(expiring('you'), record({ me: position }), at(offset))
  expect([status({}, -1), status({ delivered: 5 }, 0), status({ read: 5 }, 0)]).toEqual([
    'delivered',
    'expired',
    'read',
  ])
  expect(statusOf(expiring('you'), undefined, at(0))).toBe('expired')
})

test('Status: outcomes of a numbering that ended stay with its messages, and join those of what came again', () => {
  const first = { ...record({ you: { read: 9, outcomes: { '4': 'failed', '5': 'expired' } } }), lastSeq: 10 }
  const ended = noteRepeated(endNumbering(first), 5, 12)
  const later = (outcomes: ReaderPosition['outcomes']) => ({
    ...ended,
    positions: { you: joinPositions(ended.positions['you'] ?? {}, { outcomes }) },
  })
  const statuses = (there: ConversationRecord) => [4, 5, 6, 12].map(seq => statusOf(message('me', seq), there, ME))
  expect(statuses(ended)).toEqual(['failed', 'expired', 'read', 'accepted'])
  expect(statuses(later({ '12': 'done' }))).toEqual(['failed', 'done', 'read', 'done'])
  expect(statuses(later({ '6': 'failed' }))).toEqual(['failed', 'expired', 'read', 'accepted'])
})

test('Status: readers who are called like properties of every object have told nothing', () => {
  const names = ['toString', 'constructor', '__proto__', 'valueOf']
  for (const name of names) {
    expect(statusOf(message('me'), record({}, ['me', name]), ME)).toBe('accepted')
    expect(statusOf(message('you'), record({}), { ...ME, agentId: name })).toBe('delivered')
  }
})
