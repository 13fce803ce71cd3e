/** What a timeline draws beside its messages. */
import type { Message } from 'im-client'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../../../../../playground/console/src/timeline/rows.ts'

const NOON = Date.parse('2026-11-28T12:00:00')
const MINUTE = 60_000

interface Said {
  readonly from?: string
  /** Minutes after noon. */
  readonly at?: number
  readonly isQueued?: boolean
}

function messages(...said: readonly Said[]): Message[] {
  return said.map(({ from = 'bob', at = 0, isQueued }, index) => ({
    id: `m-${index + 1}`,
    conversationId: 'bob',
    from,
    to: 'me',
    text: 'text',
    sentAt: new Date(NOON + at * MINUTE).toISOString(),
    status: isQueued ? 'queued' : 'delivered',
    ...(isQueued ? {} : { seq: index + 1 }),
  }))
}

const reading = { agentId: 'me', readSeq: undefined }

describe('The rows of a timeline', () => {
  test('put together what one sender says in a row', () => {
    const rows = rowsOf(messages({}, { at: 1 }, { from: 'me', at: 2 }, { at: 3 }), reading)
    expect(rows.map(({ isFirst, isLast }) => [isFirst, isLast])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ])
  })

  test('part what is said after a pause', () => {
    const rows = rowsOf(messages({}, { at: 6 }), reading)
    expect(rows.map(({ isFirst, isLast }) => [isFirst, isLast])).toEqual([
      [true, true],
      [true, true],
    ])
  })

  test('begin a day once, in the time zone of the reader', () => {
    const rows = rowsOf(messages({}, { at: 1 }, { at: 12 * 60 + 1 }, { at: 12 * 60 + 2 }), reading)
    expect(rows.map(({ startsDay }) => startsDay)).toEqual([true, false, true, false])
    expect(rows.map(({ isLast }) => isLast)).toEqual([false, true, false, true])
  })

  test('mark where what is new begins, once, and at no message of one’s own', () => {
    const said = messages({}, { from: 'me', at: 1 }, { at: 2 }, { at: 3 })
    const rows = rowsOf(said, { agentId: 'me', readSeq: 1 })
    expect(rows.map(({ startsNew }) => startsNew)).toEqual([false, false, true, false])
    expect(rowsOf(said, reading).some(({ startsNew }) => startsNew)).toBe(false)
  })

  test('mark nothing that waits to be sent', () => {
    const rows = rowsOf(messages({ isQueued: true, from: 'me' }), { agentId: 'me', readSeq: 0 })
    expect(rows[0]?.startsNew).toBe(false)
  })

  test('are the same objects where nothing changed', () => {
    const said = messages({}, { at: 1 }, { from: 'me', at: 2 })
    const before = rowsOf(said, reading)
    const [, , third] = said
    if (!third) throw new Error('There are three messages.')
    const after = rowsOf([...said, { ...third, id: 'm-4', seq: 4 }], reading, before)
    expect(after[0]).toBe(before[0])
    expect(after[1]).toBe(before[1])
    expect(after[2]).not.toBe(before[2]) // it is no longer the last of its group
  })
})
