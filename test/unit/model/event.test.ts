import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { conversationEventSchema, isKnownEvent, isMessage } from '../../../src/model/event.ts'
import { eventIdSchema, instantSchema, seqSchema } from '../../../src/model/fields.ts'

const stamp = { id: 'm1', conversationId: 'b', seq: 1, from: 'a', acceptedAt: '2026-11-23T00:00:00.000Z' }
const message = { type: 'message', ...stamp, to: 'b', text: '你好', sentAt: '2026-11-23T00:00:00Z' }

const accepts = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).success

describe('The schema of events', () => {
  test.each([
    message,
    { ...message, replyTo: 'm0', parts: [null, 1], data: { json: null } },
    { type: 'edit', ...stamp, target: 'm0', text: '' },
    { type: 'deletion', ...stamp, target: 'm0' },
    { type: 'reaction', ...stamp, target: 'm0', reaction: '👍' },
    { type: 'membership', ...stamp, change: 'added', members: ['c'] },
  ])('accepts a $type', event => {
    const parsed = v.parse(conversationEventSchema, event)
    expect(parsed).toEqual(event)
    expect(isKnownEvent(parsed)).toBe(true)
    expect(isMessage(parsed)).toBe(event.type === 'message')
  })

  test('keeps an event of a kind that is not known, whole', () => {
    const event = { type: 'poll', ...stamp, options: ['a', { b: 1 }] }
    const parsed = v.parse(conversationEventSchema, event)
    expect(parsed).toEqual(event)
    expect(isKnownEvent(parsed)).toBe(false)
  })

  test('drops fields that are not known of a message', () => {
    expect(v.parse(conversationEventSchema, { ...message, status: 'read' })).toEqual(message)
  })

  test.each([
    ['a message without text', { ...message, text: undefined }],
    ['a message from a group', { ...message, from: 'group-1' }],
    ['a sequence of 0', { ...message, seq: 0 }],
    ['a sequence that is a text', { ...message, seq: '1' }],
    ['an invalid id', { ...message, id: 'has a space' }],
    ['a conversation with a control character', { ...message, conversationId: 'a\nb' }],
    ['an instant without a zone', { ...message, sentAt: '2026-11-23T00:00:00' }],
    ['data without json', { ...message, data: {} }],
    ['an empty reaction', { type: 'reaction', ...stamp, target: 'm0', reaction: '' }],
    ['a long reaction', { type: 'reaction', ...stamp, target: 'm0', reaction: 'x'.repeat(65) }],
    ['an unknown change', { type: 'membership', ...stamp, change: 'promoted', members: [] }],
    ['an unknown event without a sequence', { type: 'poll', ...stamp, seq: undefined }],
    ['an event without a type', stamp],
    ['null', null],
    ['an array', [message]],
  ])('refuses %s', (_, event) => {
    expect(accepts(conversationEventSchema, event)).toBe(false)
  })
})

describe('The schemas of parts', () => {
  test.each([1, Number.MAX_SAFE_INTEGER])('accept the sequence %d', seq => {
    expect(accepts(seqSchema, seq)).toBe(true)
  })

  test.each([0, -1, 1.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, '1', null])(
    'refuse the sequence %j',
    seq => {
      expect(accepts(seqSchema, seq)).toBe(false)
    },
  )

  test('bound the id of an event at 128 printable ASCII characters', () => {
    expect(accepts(eventIdSchema, '~'.repeat(128))).toBe(true)
    for (const id of ['', '~'.repeat(129), 'a b', 'é', 'a\n']) expect(accepts(eventIdSchema, id)).toBe(false)
  })

  test('know instants with an offset', () => {
    expect(accepts(instantSchema, '2026-11-23T08:00:00.123456+08:00')).toBe(true)
    for (const text of ['', 'now', '2026-11-23', '2026-11-23T00:00:00Z\n'])
      expect(accepts(instantSchema, text)).toBe(false)
  })
})
