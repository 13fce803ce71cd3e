import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { rareResults } from '../../../src/protocol/rare-results.ts'
import { requestParams } from '../../../src/protocol/request-params.ts'
import { clientNotificationSchemas, serverNotificationSchemas, usualResults } from '../../../src/protocol/schemas.ts'

const all: readonly (readonly [string, v.GenericSchema])[] = [
  ...Object.entries(requestParams),
  ...Object.entries(clientNotificationSchemas),
  ...Object.entries(serverNotificationSchemas),
].map(([name, schema]) => [name, schema])

const open = { agentId: 'a', deviceId: 'd', versions: [1] }
const send = { id: 'm1', to: 'b', text: 'hello', sentAt: '2026-11-23T00:00:00Z' }

const accepts = (schema: v.GenericSchema, value: unknown) => v.safeParse(schema, value).success

describe('Every schema of the protocol', () => {
  test('has its result, where it is a request', () => {
    expect(Object.keys(requestParams).sort()).toEqual(Object.keys({ ...usualResults, ...rareResults }).sort())
  })

  test.each(all)('of %s accepts or refuses any JSON, and never throws', (_, schema) => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const { success, output } = v.safeParse(schema, value)
        if (success) expect(output).toBeTypeOf('object')
      }),
      { numRuns: 50 },
    )
  })

  test.each(all)('of %s refuses what is no object', (_, schema) => {
    for (const value of [undefined, null, 'text', 1, true]) expect(accepts(schema, value)).toBe(false)
  })
})

describe('session.open', () => {
  const schema = requestParams['session.open']

  test('takes a cursor, a token and capabilities that are not known', () => {
    const more = { ...open, token: 't', cursor: { epoch: 'e', offset: 0 }, capabilities: ['new'] }
    const parsed = v.parse(schema, { ...more, future: 1 })
    expect(parsed).toMatchObject(more)
    expect(parsed).not.toHaveProperty('future')
    expect(v.parse(schema, open).capabilities).toEqual([])
  })

  test.each([
    { ...open, agentId: 'group-1' },
    { ...open, agentId: '' },
    { ...open, deviceId: '' },
    { ...open, deviceId: 'x'.repeat(129) },
    { ...open, versions: 1 },
    { ...open, versions: Array.from({ length: 101 }, () => 1) },
    { ...open, cursor: { epoch: 'e', offset: -1 } },
    { ...open, cursor: { epoch: 'e', offset: 0.5 } },
    { ...open, token: 1 },
  ])('refuses %j', value => {
    expect(accepts(schema, value)).toBe(false)
  })
})

describe('message.send', () => {
  const schema = requestParams['message.send']

  test('drops what a client may not say: from, seq, acceptedAt', () => {
    expect(v.parse(schema, { ...send, from: 'x', seq: 1, acceptedAt: send.sentAt })).toEqual(send)
  })

  test.each([
    { ...send, text: undefined },
    { ...send, text: null },
    { ...send, to: '' },
    { ...send, to: 'a\u0000' },
    { ...send, id: '' },
    { ...send, id: 'has space' },
    { ...send, replyTo: 5 },
    { ...send, data: 'text' },
    { ...send, parts: 'text' },
    { ...send, sentAt: 'yesterday' },
    { ...send, after: '' },
  ])('refuses %j', value => {
    expect(accepts(schema, value)).toBe(false)
  })
})

describe('feed.events', () => {
  test('takes an event of a kind that is not known, and no receipts', () => {
    const stamp = { id: 'p', conversationId: 'b', seq: 1, from: 'a', acceptedAt: send.sentAt }
    const batch = { offset: 5, events: [{ type: 'poll', ...stamp, question: '?' }] }
    expect(v.parse(serverNotificationSchemas['feed.events'], batch)).toEqual({ ...batch, receipts: [] })
  })
})
