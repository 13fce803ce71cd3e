import { expect, test } from 'vitest'
import { RecentMessages } from '../../../src/messaging/recent.ts'
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

test('Recent messages: the oldest are forgotten first, unless all are wanted', () => {
  const few = new RecentMessages()
  for (let seq = 1; seq <= 10; seq++) few.remember(message(seq), 'me', 4)
  expect([6, 7, 10].map(seq => few.find('c', 'me', `m${seq}`)?.seq)).toEqual([undefined, 7, 10])
  const all = new RecentMessages()
  for (let seq = 1; seq <= 5000; seq++) all.remember(message(seq), 'me', Number.POSITIVE_INFINITY)
  all.remember(message(5001), 'me')
  expect(all.find('c', 'me', 'm1')?.seq).toBe(1)
})
