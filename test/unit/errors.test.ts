import { describe, expect, test } from 'vitest'
import { IM_ERROR_CODES, isIMErrorCode } from '../../src/error-codes.ts'
import { IMError } from '../../src/errors.ts'

describe('IMError', () => {
  test('carries its code, its message and what it is given besides', () => {
    const cause = new Error('the disk')
    const error = new IMError('STORAGE_IO', 'The write failed.', { details: { place: 'a' }, retryAfterMs: 5, cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'IMError',
      code: 'STORAGE_IO',
      message: 'The write failed.',
      details: { place: 'a' },
      retryAfterMs: 5,
      cause,
    })
  })

  test('has empty details, no pause and no cause of its own', () => {
    const error = new IMError('INTERNAL', 'It failed.')
    expect(error.details).toEqual({})
    expect(error.retryAfterMs).toBeUndefined()
    expect('cause' in error).toBe(false)
  })

  test('is retryable exactly when the table says so', () => {
    for (const [code, retryable] of Object.entries(IM_ERROR_CODES)) {
      expect(new IMError(code as keyof typeof IM_ERROR_CODES, '').retryable).toBe(retryable)
    }
  })
})

describe('isIMErrorCode', () => {
  test.each(['STORAGE_LOCKED', 'INTERNAL'])('knows %s', code => {
    expect(isIMErrorCode(code)).toBe(true)
  })

  test.each(['', 'storage_locked', '__proto__', 'constructor', 'toString', undefined, null, 1, ['INTERNAL']])(
    'does not know %j',
    value => {
      expect(isIMErrorCode(value)).toBe(false)
    },
  )
})
