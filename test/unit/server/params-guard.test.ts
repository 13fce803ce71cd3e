import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/server/index.ts'
import { guardParams, guardStamps, guardText } from '../../../src/server/params-guard.ts'

const limits = { ...DEFAULT_LIMITS, paramsDepth: 5, paramsEntries: 20, textLength: 3 }
const codeOf = (run: () => void) => {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code?: string }).code
  }
}
const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)

describe('The guard of parameters', () => {
  it('refuses a key that pollutes prototypes, at any depth, and no other', () => {
    expect(codeOf(() => guardParams(JSON.parse('{"a":[{"__proto__":1}]}'), limits))).toBe('PROTOCOL_PARAMS_INVALID')
    expect(codeOf(() => guardParams({ text: '__proto__', constructor: { prototype: 1 } }, limits))).toBe('accepted')
  })

  it('bounds depth and number of values, exactly', () => {
    expect(codeOf(() => guardParams(nested(6), limits))).toBe('accepted')
    expect(codeOf(() => guardParams(nested(7), limits))).toBe('PROTOCOL_PARAMS_INVALID')
    expect(codeOf(() => guardParams(Array(20).fill(0), limits))).toBe('accepted')
    expect(codeOf(() => guardParams(Array(21).fill(0), limits))).toBe('MESSAGE_TOO_LARGE')
  })

  it('survives nesting that no stack could walk', () => {
    expect(codeOf(() => guardParams(nested(4000), DEFAULT_LIMITS))).toBe('PROTOCOL_PARAMS_INVALID')
  })

  it.each(['from', 'seq', 'acceptedAt'])('refuses a forged %s', field => {
    expect(codeOf(() => guardStamps({ [field]: undefined }))).toBe('FORBIDDEN')
    expect(codeOf(() => guardStamps({ data: { [field]: 1 } }))).toBe('accepted')
  })

  it('accepts a text up to the limit', () => {
    expect([codeOf(() => guardText('123', limits)), codeOf(() => guardText('1234', limits))]).toEqual([
      'accepted',
      'MESSAGE_TOO_LARGE',
    ])
  })
})
