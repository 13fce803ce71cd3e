import { expect, test } from 'vitest'
import {
  endNumbering,
  noteRepeated,
  numberEvent,
  numberReceipt,
  serverPosition,
  serverSeq,
} from '../../../src/messaging/numbering.ts'
import type { ConversationRecord } from '../../../src/model/conversation.ts'
import type { ConversationEvent } from '../../../src/model/event.ts'

const renumbered = { epochBase: 10 } as ConversationRecord
const event = { type: 'message', seq: 3 } as ConversationEvent

test('Numbering: with a server that never changed, numbers are its own', () => {
  const receipt = { conversationId: 'c', reader: 'r', read: 3 }
  for (const record of [undefined, {} as ConversationRecord]) {
    expect(numberEvent(event, record)).toBe(event)
    expect(numberReceipt(receipt, record)).toBe(receipt)
    expect(serverSeq(3, record)).toBe(3)
  }
})

test('Numbering: after a new epoch numbers go on above the old ones, and back', () => {
  expect(numberEvent(event, renumbered).seq).toBe(13)
  expect(serverSeq(13, renumbered)).toBe(3)
  expect(serverPosition({ delivered: 13, read: 12 }, renumbered)).toEqual({ delivered: 3, read: 2 })
})

test('Numbering: what is from before the server’s time is nothing to it', () => {
  expect(serverSeq(7, renumbered)).toBe(0)
  expect(serverPosition({ read: 7 }, renumbered)).toEqual({ read: 0 })
})

test('Numbering: a position of nothing stays nothing', () => {
  const receipt = { conversationId: 'c', reader: 'r', delivered: 2, read: 0 }
  expect(numberReceipt(receipt, renumbered)).toEqual({ ...receipt, delivered: 12 })
})

test('Numbering: what came again makes one range where it lies side by side, in whatever order it came', () => {
  const pairs = [[5, 15], [6, 16], [2, 12], [4, 14], [3, 13], [4, 14], [8, 19], [7, 17]] as const // biome-ignore format: pairs
  const record = pairs.reduce((all, [seq, later]) => noteRepeated(all, seq, later), renumbered)
  expect(record.repeated).toEqual([
    { from: 8, to: 8, by: 11 },
    { from: 2, to: 7, by: 10 },
  ])
})

test('Numbering: outcomes have the numbers of their messages', () => {
  const receipt = { conversationId: 'c', reader: 'r', outcomes: { '1': 'failed', '3': 'done' } } as const
  expect(numberReceipt(receipt, undefined)).toBe(receipt)
  expect(numberReceipt(receipt, renumbered)).toEqual({ ...receipt, outcomes: { '11': 'failed', '13': 'done' } })
  const own = { read: 13, outcomes: { '4': 'failed', '10': 'expired', '11': 'failed', '13': 'done' } } as const
  expect(serverPosition(own, renumbered)).toEqual({ read: 3, outcomes: { '1': 'failed', '3': 'done' } })
  expect(serverPosition(own, undefined)).toEqual(own)
  expect(serverPosition({ outcomes: { '10': 'failed' } }, renumbered)).toEqual({})
  expect(numberReceipt({ conversationId: 'c', reader: 'r', read: 1 }, renumbered)).not.toHaveProperty('outcomes')
})

test('Numbering: one that ends keeps the outcomes that were told in it', () => {
  const positions = { r: { read: 3, outcomes: { '2': 'failed' } } } as const
  const record = endNumbering({ lastSeq: 5, positions } as unknown as ConversationRecord)
  expect(record).toMatchObject({ epochBase: 5, ended: [{ upTo: 5, positions }] })
})

test('Numbering: what became of a message that came again is told under its new number too', () => {
  const again = { ...renumbered, repeated: [{ from: 9, to: 9, by: 4 }] }
  const own = { done: 13, outcomes: { '9': 'failed' } } as const
  expect(serverPosition(own, again)).toEqual({ done: 3, outcomes: { '3': 'failed' } })
})
