import { describe, expect, it } from 'vitest'
import { crossing } from '../../../../adapters/node/view-calls.ts'
import { isMethod } from '../../../../src/view/calls.ts'
import { pack } from '../../../../src/view/values.ts'

const call = (name: string, args: unknown = [], more: object = {}) => crossing('call', { id: 7, name, args, ...more })

describe('What crosses from a page', () => {
  it.each([
    ['stats', [], []],
    ['stats', [undefined], []],
    ['open', [], []],
    ['listContacts', [], []],
    ['getContact', ['bob'], ['bob']],
    ['getPendingMessages', [{ claimable: true, state: 'waiting' }], [{ claimable: true, state: 'waiting' }]],
    ['listPending', [{ conversationId: undefined, importance: 'high' }], [{ importance: 'high' }]],
    ['listDeadLetters', [{ kind: 'pending' }], [{ kind: 'pending' }]],
    ['redriveDeadLetters', [{ messageIds: ['a', 'b'] }], [{ messageIds: ['a', 'b'] }]],
    ['purgeDeadLetters', [undefined], []],
  ])('is %s with %j', (name, args, crossed) => {
    expect(call(name, pack(args))).toEqual({ method: 'call', params: { id: 7, name, args: crossed } })
    expect(name === 'listPending' || isMethod(name)).toBe(true)
  })

  it.each([
    ['sendMessage', [{ to: 'bob', text: 'as the employee' }]],
    ['ask', [{ to: 'bob', text: 'as the employee' }]],
    ['connect', []],
    ['claimMessages', []],
    ['resumeClaim', ['token']],
    ['getConversationHistory', [{ contactId: 'bob' }]],
    ['searchMessages', [{ text: 'secret' }]],
    ['addContact', [{ contactId: 'x' }]],
    ['editMessage', ['id', { text: 'x' }]],
    ['close', []],
    ['__proto__', []],
    ['constructor', []],
    ['toString', []],
    ['', []],
  ])('is never %s', (name, args) => {
    expect(() => call(name, args)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
  })

  it.each([
    ['a member that is not known', 'purgeDeadLetters', [{ conversationID: 'a' }]],
    ['a member of every object', 'purgeDeadLetters', [JSON.parse('{"__proto__":{"kind":"held"}}')]],
    ['an object in a query', 'listDeadLetters', [{ kind: { $data: { json: 1 } } }]],
    ['a list of objects', 'listDeadLetters', [{ messageIds: [{}] }]],
    ['a list of very many', 'listDeadLetters', [{ messageIds: Array(1001).fill('a') }]],
    ['a very long text', 'listDeadLetters', [{ kind: 'x'.repeat(301) }]],
    ['a number', 'listDeadLetters', [7]],
    ['an argument more', 'listDeadLetters', [{}, {}]],
    ['an argument where none is', 'stats', [{}]],
    ['no id', 'getContact', []],
    ['an error as an id', 'getContact', [{ $error: { name: 'x', message: 'y' } }]],
    ['arguments that are no list', 'stats', 'x'],
  ])('is no call with %s', (_, name, args) => {
    expect(() => call(name, args)).toThrow(expect.objectContaining({ code: 'PROTOCOL_PARAMS_INVALID' }))
  })

  it.each([['no number'], [1.5], [Number.NaN], [null], [{}]])('is no call under the id %j', id => {
    expect(() => call('stats', [], { id })).toThrow(expect.objectContaining({ code: 'PROTOCOL_PARAMS_INVALID' }))
  })

  it.each([['message'], ['receipt'], ['status'], ['presence'], ['__proto__'], [{}], [undefined]])(
    'is no subscription of %j',
    name => {
      expect(() => crossing('subscribe', { name })).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
    },
  )

  it('is a subscription of what the queue does', () => {
    expect(crossing('subscribe', { name: 'queue', more: 1 })).toEqual({
      method: 'subscribe',
      params: { name: 'queue' },
    })
  })

  it('attaches for nobody in particular, and keeps the version', () => {
    const crossed = crossing('attach', { version: 1, agentId: 'bob', more: 1 })
    expect(crossed).toEqual({ method: 'attach', params: { version: 1, agentId: null } })
  })

  it.each(['handle', 'work', 'say', 'claim', 'remove', 'run', 'event', 'authenticate', 'x'])('is never %s', method => {
    expect(() => crossing(method, { id: 1, options: {} })).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
  })

  it.each([[undefined], [null], [[]], ['x'], [1]])('has parameters, not %j', params => {
    expect(() => crossing('pulse', params)).toThrow(expect.objectContaining({ code: 'PROTOCOL_PARAMS_INVALID' }))
  })
})
