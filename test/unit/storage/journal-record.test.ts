import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/model/json.ts'
import { crc32 } from '../../../src/storage/checksum.ts'
import type { Key } from '../../../src/storage/contract.ts'
import { decodeRecord, encodeRecord } from '../../../src/storage/journal-record.ts'
import { encodeOperation } from '../../../src/storage/operation.ts'

describe('crc32', () => {
  it('is the usual CRC-32', () => {
    expect(crc32('123456789')).toBe(0xcbf43926)
    expect(crc32('')).toBe(0)
  })

  it('is what a runtime’s own makes of any well-formed text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('é', '会话', '\uffff', '😀x', '𠀀'))
    fc.assert(
      fc.property(texts, text => {
        expect(crc32(text)).toBe(zlib.crc32(text))
      }),
    )
  })
})

describe('encodeRecord', () => {
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const key = fc.tuple(fc.string(), fc.array(part, { maxLength: 7 })).map(([first, rest]): Key => [first, ...rest])
  const operation = fc.record({ key, value: fc.option(fc.jsonValue(), { nil: undefined }) })

  it('is undone by decodeRecord, and is one line', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(operation, { minLength: 1, maxLength: 5 }), (number, steps) => {
        const operations = steps.map(({ key, value }) =>
          encodeOperation(value === undefined ? { type: 'delete', key } : { type: 'put', key, value: value as Json }),
        )
        const line = encodeRecord({ number, operations }, crc32)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        const decoded = decodeRecord(line.slice(0, -1), crc32)
        expect(decoded).toEqual({ number, operations: JSON.parse(JSON.stringify(operations)) })
      }),
    )
  })
})

describe('encodeOperation', () => {
  it('takes copies of the key and the value', () => {
    const key: [string, string] = ['a', 'b']
    const value = { x: 1 }
    const encoded = encodeOperation({ type: 'put', key, value })
    key[1] = 'c'
    value.x = 2
    expect(encoded).toEqual({ key: ['a', 'b'], name: '["a","b"]', text: '{"x":1}' })
  })

  it('refuses keys and values that break the rules', () => {
    const key = [1] as unknown as Key
    expect(() => encodeOperation({ type: 'delete', key })).toThrow(
      expect.objectContaining({ code: 'STORAGE_KEY_INVALID' }),
    )
    const value = undefined as unknown as Json
    expect(() => encodeOperation({ type: 'put', key: ['a'], value })).toThrow(
      expect.objectContaining({ code: 'STORAGE_VALUE_INVALID' }),
    )
  })
})
