import { IMError } from 'im-client'
import { expect, it } from 'vitest'
import { pack, unpack } from '../../../src/view/values.ts'
import { Wire } from '../../../src/view/wire.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const carried = (value: unknown) => unpack(JSON.parse(JSON.stringify(pack(value))))

it.each([
  [undefined],
  [[1, undefined, null]],
  [Number.NaN],
  [{ reactions: { $error: ['a'], $number: ['b'], $undefined: ['c'], data: ['d'], constructor: ['e'] } }],
  [{ data: { $data: { json: 1 } } }],
  [{ data: undefined, text: '\ud800' }],
])('Values of the interface are what they were: %j', value => {
  expect(carried(value)).toEqual(value)
})

it('A name that objects have by themselves is a name like any other', () => {
  const value = JSON.parse('{"__proto__": {"read": 1}}') as object
  expect(Object.entries(carried(value) as object)).toEqual([['__proto__', { read: 1 }]])
})

it('Errors keep their name, their code and what they came of', () => {
  const abort = carried(AbortSignal.abort().reason) as Error
  expect([abort.name, abort instanceof Error]).toEqual(['AbortError', true])
  const cause = new RangeError('why')
  const error = carried(new IMError('STORAGE_FULL', 'full', { cause, details: { a: 1 }, retryAfterMs: 5 })) as IMError
  expect(error).toMatchObject({ code: 'STORAGE_FULL', details: { a: 1 }, retryAfterMs: 5, name: 'IMError' })
  expect([error.retryable, (error.cause as Error).name]).toEqual([true, 'RangeError'])
})

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'])('Nobody answers to %s', async method => {
  const texts: string[] = []
  const gone = new IMError('CONNECTION_LOST', 'gone')
  const wire = new Wire({ clock: new ManualClock(), answers: { known: () => 1 }, gone, onEnd: () => {} })
  wire.attach({ send: text => void texts.push(text), close: () => {}, bufferedAmount: 0 })
  wire.onText(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: {} }))
  await expect.poll(() => texts[0]).toContain('PROTOCOL_METHOD_UNKNOWN')
})
