import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { validate } from '../../../src/protocol/validate.ts'

const schema = v.object({ list: v.array(v.object({ seq: v.number() })) })

function refusal(value: unknown): unknown {
  try {
    return validate(schema, value, 'history.fetch')
  } catch (error) {
    return error
  }
}

describe('validate', () => {
  test('gives the value as its schema says, without what it does not know', () => {
    expect(validate(schema, { list: [{ seq: 1, more: 2 }], more: 3 }, 'x')).toEqual({ list: [{ seq: 1 }] })
  })

  test('names the place of the first problem, and what it belongs to', () => {
    const error = refusal({ list: [{ seq: 1 }, { seq: 'secret' }, {}] })
    expect(error).toMatchObject({ code: 'PROTOCOL_PARAMS_INVALID', details: { path: 'list.1.seq' } })
    expect(String(error)).toContain('history.fetch')
  })

  test('does not repeat what it was given', () => {
    const error = refusal({ list: [{ seq: 'secret' }] })
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })

  test.each([undefined, null, 'text', 1, [], {}])('refuses %j', value => {
    expect(refusal(value)).toMatchObject({ code: 'PROTOCOL_PARAMS_INVALID' })
  })
})
