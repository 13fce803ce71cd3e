import { expect, test } from 'vitest'
import { statusOf } from '../../../src/messaging/status.ts'
import type { ConversationRecord, ReaderPosition } from '../../../src/model/conversation.ts'
import type { StoredMessage } from '../../../src/model/event.ts'

function record(positions: Record<string, ReaderPosition>, participants = ['me', ...Object.keys(positions)]) {
  return { participants, positions } as unknown as ConversationRecord
}

const message = (from: string, seq = 5) => ({ from, seq }) as StoredMessage

test('Status: one’s own is accepted until the recipient has stored it, and then as far as its positions say', () => {
  const status = (position: ReaderPosition) => statusOf(message('me'), record({ you: position }), 'me')
  expect(status({})).toBe('accepted')
  expect(status({ delivered: 4 })).toBe('accepted')
  expect(status({ delivered: 5 })).toBe('delivered')
  expect(status({ delivered: 9, read: 4 })).toBe('delivered')
  expect(status({ delivered: 9, read: 5 })).toBe('read')
  expect(status({ read: 5, done: 7 })).toBe('done')
})

test('Status: in a group it is as far as the recipient that is furthest behind', () => {
  const status = (...positions: ReaderPosition[]) =>
    statusOf(message('me'), record(Object.fromEntries(positions.map((position, n) => [`r${n}`, position]))), 'me')
  expect(status({ read: 5 }, { delivered: 5 })).toBe('delivered')
  expect(status({ read: 5 }, { read: 6 })).toBe('read')
  expect(status({ read: 5 }, {})).toBe('accepted')
})

test('Status: a recipient of whom nothing is known holds it back, one’s own position does not count', () => {
  expect(statusOf(message('me'), record({ you: { read: 5 } }, ['me', 'you', 'silent']), 'me')).toBe('accepted')
  expect(statusOf(message('me'), record({ you: { read: 5 }, me: {} }, ['me', 'you']), 'me')).toBe('read')
  expect(statusOf(message('me'), record({}, ['me']), 'me')).toBe('accepted')
})

test('Status: a message of somebody else’s is delivered, since it is stored, and read as far as one has read', () => {
  expect(statusOf(message('you'), record({}), 'me')).toBe('delivered')
  expect(statusOf(message('you'), record({ me: { read: 5 } }), 'me')).toBe('read')
  expect(statusOf(message('you'), record({ me: { read: 4 } }), 'me')).toBe('delivered')
  expect(statusOf(message('you'), undefined, 'me')).toBe('delivered')
})

test('Status: who joined after a message is none of its recipients', () => {
  const group = { ...record({ you: { delivered: 9 } }, ['me', 'you', 'late', 'toString']), joined: { late: 6 } }
  const there = { ...group, participants: ['me', 'you', 'late'] }
  expect(statusOf(message('me', 5), there, 'me')).toBe('delivered')
  expect(statusOf(message('me', 7), there, 'me')).toBe('accepted')
  expect(statusOf(message('me', 5), group, 'me')).toBe('accepted')
})
