import { describe, expect, test } from 'vitest'
import type { WriteOperation } from '../../../src/storage/contract.ts'
import { encodeOperation } from '../../../src/storage/operation.ts'

function refusal(operation: unknown): unknown {
  try {
    return encodeOperation(operation as WriteOperation)
  } catch (error) {
    return error
  }
}

describe('encodeOperation', () => {
  test('copies the key and encodes the value', () => {
    const key: [string, number] = ['place', 1]
    const encoded = encodeOperation({ type: 'put', key, value: { a: 1 } })
    key[1] = 2
    expect(encoded).toEqual({ key: ['place', 1], name: '["place",1]', text: '{"a":1}' })
  })

  test('gives a deletion no text', () => {
    expect(encodeOperation({ type: 'delete', key: ['place'] })).toEqual({
      key: ['place'],
      name: '["place"]',
      text: undefined,
    })
  })

  test('takes an event whose seq is that of its key', () => {
    const encoded = encodeOperation({ type: 'put', key: ['events', 'a', 2], value: { seq: 2 } })
    expect(encoded.text).toBe('{"seq":2}')
    expect(encodeOperation({ type: 'delete', key: ['events', 'a', 2] }).text).toBeUndefined()
  })

  test.each([{ seq: 1 }, { seq: '2' }, {}, [], null, 2])('refuses the event %j at 2', value => {
    const operation = { type: 'put', key: ['events', 'a', 2], value }
    expect(refusal(operation)).toMatchObject({ code: 'STORAGE_VALUE_INVALID' })
  })

  test.each([[['events']], [['events', 'a']], [['events', 'a', '2']], [['events', 2, 2]], [['events', 'a', 2, 'b']]])(
    'refuses %j as the key of an event',
    key => {
      expect(refusal({ type: 'put', key, value: { seq: 2 } })).toMatchObject({ code: 'STORAGE_KEY_INVALID' })
      expect(refusal({ type: 'delete', key })).toMatchObject({ code: 'STORAGE_KEY_INVALID' })
    },
  )
})
