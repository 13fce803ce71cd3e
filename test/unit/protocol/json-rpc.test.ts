import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IMError } from '../../../src/errors.ts'
import { errorText, resultText } from '../../../src/protocol/answers.ts'
import { callText, messagesOf, parseMessage } from '../../../src/protocol/json-rpc.ts'
import { toError } from '../../../src/protocol/peer-error.ts'

/** The one message of a frame. */
function parse(text: string) {
  const [message] = messagesOf(text)
  return parseMessage(message)
}

function refusal(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    return error
  }
}

describe('A message', () => {
  test('knows a request, a notification, a result and an error', () => {
    expect(parse(callText('message.send', { a: 1 }, 7))).toEqual({
      kind: 'request',
      id: 7,
      method: 'message.send',
      params: { a: 1 },
    })
    expect(parse(callText('feed.ack', { offset: 1 }))).toEqual({
      kind: 'notification',
      method: 'feed.ack',
      params: { offset: 1 },
    })
    expect(parse(resultText('a', { b: 2 }))).toMatchObject({ kind: 'result', id: 'a', result: { b: 2 } })
    expect(parse(resultText(1, undefined))).toMatchObject({ kind: 'result', id: 1, result: null })
    expect(parse(errorText(null, new IMError('RATE_LIMITED', 'Slow down.')))).toMatchObject({
      kind: 'error',
      id: null,
    })
  })

  test('ignores fields that it does not know', () => {
    expect(parse('{"jsonrpc":"2.0","method":"a","trace":1}')).toEqual({ kind: 'notification', method: 'a' })
  })

  test.each([
    '',
    ' ',
    'null',
    'true',
    '0',
    '"text"',
    '[]',
    '[[{"jsonrpc":"2.0","method":"a"}]]',
    '{',
    '{}',
    '{"jsonrpc":"2.0"}',
    '{"method":"a"}',
    '{"jsonrpc":"1.0","method":"a"}',
    '{"jsonrpc":2.0,"method":"a"}',
    '{"jsonrpc":"2.0","method":1}',
    '{"jsonrpc":"2.0","method":null,"id":1}',
    '{"jsonrpc":"2.0","method":"a","id":{}}',
    '{"jsonrpc":"2.0","method":"a","id":null}',
    '{"jsonrpc":"2.0","result":1}',
    '{"jsonrpc":"2.0","id":null,"result":1}',
    '{"jsonrpc":"2.0","error":{"code":1,"message":"m"}}',
    '{"__proto__":{"method":"a"},"jsonrpc":"2.0"}',
    '\u0000',
    '{"jsonrpc":"2.0","method":"a"}}',
  ])('refuses %j with PROTOCOL_FRAME_INVALID', text => {
    expect(refusal(text)).toMatchObject({ name: 'IMError', code: 'PROTOCOL_FRAME_INVALID' })
  })

  test('gives a frame or PROTOCOL_FRAME_INVALID, whatever it is given', () => {
    const shaped = fc.record(
      {
        jsonrpc: fc.constantFrom('2.0', '1.0', 2),
        method: fc.jsonValue(),
        id: fc.jsonValue(),
        error: fc.jsonValue(),
        result: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      shaped.map(frame => JSON.stringify(frame)),
    )
    fc.assert(
      fc.property(texts, text => {
        const outcome = refusal(text)
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'PROTOCOL_FRAME_INVALID' })
        else expect(outcome).toHaveProperty('kind')
      }),
    )
  })

  test('comes alone or in an array, in order, which is neither empty nor without bound', () => {
    const text = callText('a', {})
    expect(messagesOf(`[${text},1]`)).toEqual([JSON.parse(text), 1])
    expect(messagesOf(`[${Array(1024).fill('0').join()}]`)).toHaveLength(1024)
    expect(refusal(`[${Array(1025).fill('0').join()}]`)).toMatchObject({ code: 'PROTOCOL_FRAME_INVALID' })
  })

  test('changes no prototype', () => {
    const frame = parse('{"jsonrpc":"2.0","method":"a","params":{"__proto__":{"polluted":true}}}')
    expect(frame.kind).toBe('notification')
    expect('polluted' in {}).toBe(false)
  })
})

describe('An error', () => {
  test('keeps its code, details and pause over the wire', () => {
    const sent = new IMError('RATE_LIMITED', 'Slow down.', { details: { rate: 5 }, retryAfterMs: 100 })
    const frame = parse(errorText(1, sent))
    if (frame.kind !== 'error') throw new Error('Not an error.')
    expect(toError(frame.error)).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Slow down.',
      details: { rate: 5 },
      retryAfterMs: 100,
    })
  })

  test.each([
    ['PROTOCOL_FRAME_INVALID', -32600],
    ['PROTOCOL_METHOD_UNKNOWN', -32601],
    ['PROTOCOL_PARAMS_INVALID', -32602],
    ['INTERNAL', -32603],
    ['FORBIDDEN', -32000],
  ] as const)('of code %s has the number %d', (code, number) => {
    expect(JSON.parse(errorText(1, new IMError(code, ''))).error.code).toBe(number)
  })

  test('that is no IMError says nothing of itself', () => {
    const text = errorText(1, new Error('the password is 1234'))
    expect(text).not.toContain('1234')
    expect(JSON.parse(text).error.data.code).toBe('INTERNAL')
  })

  test('of a code that is not known keeps it in the details', () => {
    const error = toError({ code: -32000, message: 'New.', data: { code: 'QUANTUM_LOST', details: { a: 1 } } })
    expect(error).toMatchObject({ code: 'INTERNAL', details: { a: 1, peerCode: 'QUANTUM_LOST' } })
  })

  test('without data is INTERNAL', () => {
    for (const none of [null, 'no', 5, {}, { code: 'x', message: 5 }, { code: 1, data: 'x' }])
      expect(toError(none)).toMatchObject({ code: 'INTERNAL', message: 'The other end failed.' })
    expect(toError({ code: -32700, message: 'Parse error' }).code).toBe('INTERNAL')
  })

  test('whose details are no object is read all the same', () => {
    expect(toError({ code: 1, message: '', data: { code: 'FORBIDDEN', details: 'text' } }).code).toBe('FORBIDDEN')
  })
})
