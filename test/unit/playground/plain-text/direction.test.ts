/** Which characters may turn a text around. */
import { describe, expect, test } from 'vitest'
import { plainName, readable } from '../../../../playground/plain-text/direction.ts'

describe('A name', () => {
  test('cannot turn its own letters around, nor what stands beside it', () => {
    expect(plainName('evil\u202egnp.exe')).toBe('evil\ufffdgnp.exe')
    expect(plainName('\u2067a\u2069\u200f\u061c')).toBe('\ufffda\ufffd\ufffd\ufffd')
    expect(plainName('שלום 你好')).toBe('שלום 你好')
  })
})

describe('A text', () => {
  test('cannot turn its letters around', () => {
    expect(readable('Invoice \u202egpj.exe\u202c and \u202dabc')).toBe('Invoice \ufffdgpj.exe\u2069 and \ufffdabc')
  })

  test('keeps what two directions need to stand together, and lets it move nothing else', () => {
    const mixed = 'שלום \u200f(2) \u2066abc\u2069'
    expect(readable(mixed)).toBe(mixed)
    expect(readable('\u202a+49 30 123\u202c')).toBe('\u2066+49 30 123\u2069')
    expect(readable('\u202bשלום\u202c')).toBe('\u2067שלום\u2069')
  })
})
