import { expect, test } from 'vitest'
import { nameOf, RecentMessages } from '../../../src/messaging/recent.ts'
import type { StoredMessage } from '../../../src/model/event.ts'

function message(seq: number, from = 'me', conversationId = 'c'): StoredMessage {
  return { conversationId, from, id: `m${seq}`, seq } as StoredMessage
}

test('Recent messages: one is found by conversation, sender and id together', () => {
  const recent = new RecentMessages()
  recent.remember(message(1), 'me')
  recent.remember(message(2, 'you'), 'me')
  expect(recent.find('c', 'me', 'm1')).toEqual({ conversationId: 'c', seq: 1 })
  expect(recent.find('c', 'you', 'm1')).toBeUndefined()
  expect(recent.find('other', 'me', 'm1')).toBeUndefined()
})

test('Recent messages: only one’s own are found by id alone', () => {
  const recent = new RecentMessages()
  recent.remember(message(1), 'me')
  recent.remember(message(2, 'you'), 'me')
  expect(recent.kept('m1')).toMatchObject({ conversationId: 'c', seq: 1 })
  expect(recent.kept('m2')).toBeUndefined()
})

test('Recent messages: the oldest are forgotten first', () => {
  const few = new RecentMessages(4)
  for (let seq = 1; seq <= 10; seq++) few.remember(message(seq), 'me')
  expect([6, 7, 10].map(seq => few.find('c', 'me', `m${seq}`)?.seq)).toEqual([undefined, 7, 10])
})

test('Recent messages: an event is repeated that is known under another number, or from before the numbers', () => {
  const recent = new RecentMessages()
  recent.remember(message(1), 'me')
  recent.former.set('c', new Map([[nameOf(message(2)), 2]]))
  expect([1, 2, 3].map(seq => recent.storedAs({ ...message(seq), seq: 9 }))).toEqual([1, 2, undefined])
  expect(recent.storedAs(message(1))).toBeUndefined()
  expect(recent.storedAs(message(9, 'you'))).toBeUndefined()
  expect(recent.storedAs({ ...message(2, 'me', 'other'), seq: 9 })).toBeUndefined()
})
