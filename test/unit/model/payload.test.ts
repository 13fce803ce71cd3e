import { expect, test } from 'vitest'
import type { Payload } from '../../../src/model/event.ts'
import type { Json } from '../../../src/model/json.ts'
import { decodePayload, MAX_PAYLOAD_DEPTH } from '../../../src/model/payload.ts'
import { encodePayload } from '../../../src/model/payload-encoder.ts'

/** What arrives at a peer: nothing but JSON. */
async function overTheWire(value: unknown): Promise<unknown> {
  return decodePayload(JSON.parse(JSON.stringify(await encodePayload(value))) as Payload)
}

/** A payload as hostile hands would write it. */
function raw(text: string): Payload {
  return JSON.parse(text) as Payload
}

function nested(depth: number): Json {
  let value: Json = 'core'
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { value }
  return value
}

const REFUSED = { code: 'PAYLOAD_INVALID' }

test.each([
  ['plain JSON', { a: [1, 'text', true, null, { b: '你好' }] }],
  ['a bare text', 'text'],
  ['null', null],
  ['dates, maps, sets and bigints', { at: new Date(0), map: new Map([[{ k: 1 }, new Set([1n])]]), big: -(2n ** 70n) }],
  ['numbers that JSON has not', [Number.NaN, Number.POSITIVE_INFINITY, -0]],
  ['undefined', { a: undefined, b: [undefined] }],
  ['an address', new URL('https://example.org/?q=1')],
  ['keys that are names elsewhere', { constructor: 'a', prototype: 'b', toString: 'c', hasOwnProperty: 1 }],
  ['keys with dots and backslashes beside rich values', { 'a.b': new Date(1), 'a\\.b': { 'c.': 1n } }],
  ['the deepest nesting', nested(MAX_PAYLOAD_DEPTH)],
])('Payload: %s arrives as it was sent', async (_, value) => {
  expect(await overTheWire(value)).toEqual(value)
})

test('Payload: plain values travel without annotations, and as a copy', async () => {
  const value = { list: [1] }
  const payload = await encodePayload(value)
  value.list.push(2)
  expect(payload).toEqual({ json: { list: [1] } })
})

test('Payload: an error arrives with its name and message', async () => {
  const error = (await overTheWire(new RangeError('too far'))) as Error
  expect([error.name, error.message]).toEqual(['RangeError', 'too far'])
})

const cyclic: Record<string, unknown> = {}
cyclic['self'] = { cyclic }

test.each([
  ['a function', { f: () => {} }],
  ['a symbol', [Symbol('s')]],
  ['an instance of a class', new (class Point {})()],
  ['binary data', new Uint8Array(3)],
  ['a regular expression', /x/],
  ['an invalid date', new Date(Number.NaN)],
  ['a cycle', cyclic],
  ['nesting beyond the limit', nested(MAX_PAYLOAD_DEPTH + 1)],
  ['a key __proto__', JSON.parse('{"__proto__": 1}')],
  ['a key constructor beside rich values', { constructor: 'a', at: new Date(0) }],
])('Payload: %s is refused where it is sent', async (_, value) => {
  await expect(encodePayload(value)).rejects.toMatchObject(REFUSED)
})

test.each([
  [
    '83 bytes that ask for a gigabyte',
    '{"json":{"a":1000000000},"meta":{"values":{"a":[["typed-array","Uint8Array"]]},"v":1}}',
  ],
  ['a regular expression', '{"json":"/(a+)+$/","meta":{"values":["regexp"]}}'],
  ['a symbol', '{"json":"s","meta":{"values":[["symbol","s"]]}}'],
  ['a class', '{"json":{"a":1},"meta":{"values":[["class","Admin"]]}}'],
  ['a custom type', '{"json":"a","meta":{"values":[["custom","t"]]}}'],
  ['a cycle by reference', '{"json":{"a":{"b":null}},"meta":{"referentialEqualities":{"a":["a.b"]}}}'],
  ['a reference to the root', '{"json":[null],"meta":{"referentialEqualities":[["0"]]}}'],
  ['a key __proto__', '{"json":{"__proto__":{"admin":true}}}'],
  ['a key __proto__ far down', '{"json":{"a":[{"__proto__":1}]},"meta":{"values":{"b":["Date"]}}}'],
  ['a path through __proto__', '{"json":{"a":1},"meta":{"values":{"__proto__.x":["Date"]}}}'],
  ['a path through constructor', '{"json":{"a":1},"meta":{"values":{"constructor.prototype.x":["Date"]}}}'],
  ['a bigint of a million digits', `{"json":"${'9'.repeat(1_000_000)}","meta":{"values":["bigint"]}}`],
  ['a bigint that is none', '{"json":"nine","meta":{"values":["bigint"]}}'],
  ['a map that is none', '{"json":5,"meta":{"values":["map"]}}'],
  ['a set that is none', '{"json":5,"meta":{"values":["set"]}}'],
  ['annotations that are no tree', '{"json":1,"meta":{"values":5}}'],
  ['annotations that are null', '{"json":1,"meta":{"values":[null]}}'],
  ['annotations that are a text', '{"json":1,"meta":"Date"}'],
  ['annotations of a version to come', '{"json":1,"meta":{"values":["Date"],"v":2}}'],
  ['annotations of a kind to come', '{"json":1,"meta":{"surprise":1}}'],
  ['nesting beyond the limit', JSON.stringify({ json: nested(MAX_PAYLOAD_DEPTH + 1) })],
])('Payload: %s is refused where it arrives', async (_, text) => {
  const keysBefore = Object.getOwnPropertyNames(Object.prototype)
  await expect(decodePayload(raw(text))).rejects.toMatchObject(REFUSED)
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(keysBefore)
})
