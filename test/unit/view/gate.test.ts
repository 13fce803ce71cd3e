import { Gate, type GateEnd, type GateLimits, IMError, type Port, readFrame } from 'im-client'
import { describe, expect, it } from 'vitest'

const LIMITS: GateLimits = { openCalls: 2, badFrames: 1, toView: 1000, toOwner: 1000, answer: 200 }

/** A gate between two ends that only listen. */
function gateBetween() {
  const toView: string[] = []
  const toOwner: string[] = []
  const ends: GateEnd[] = []
  const waiting = { view: 0, owner: 0 }
  let closes = 0
  const gate = new Gate({
    view: {
      send: text => toView.push(text),
      get bufferedAmount() {
        return waiting.view
      },
    },
    rules: {
      crossing: (method, params) => {
        if (method === 'forbidden') throw new IMError('FORBIDDEN', 'No.')
        if (method === 'wrong') throw new TypeError('A wrong type.')
        return { method: `crossed ${method}`, params }
      },
      mayHear: method => method !== 'secret',
      answer: (method, result) => ({ [method]: result }),
    },
    limits: LIMITS,
    onEnd: end => ends.push(end),
  })
  const port: Port = {
    send: text => toOwner.push(text),
    close: () => closes++,
    get bufferedAmount() {
      return waiting.owner
    },
  }
  gate.attach(port)
  const parsed = (texts: readonly string[]) => texts.map(text => JSON.parse(text))
  return {
    gate,
    port,
    ends,
    waiting,
    view: () => parsed(toView),
    owner: () => parsed(toOwner),
    closes: () => closes,
    call: (method: string, id?: unknown) => gate.fromView(JSON.stringify({ jsonrpc: '2.0', id, method, params: {} })),
    ask: (method: string, id?: number) => gate.onText(JSON.stringify({ jsonrpc: '2.0', id, method, params: {} })),
    answer: (id: unknown, result: unknown = 1) => gate.onText(JSON.stringify({ jsonrpc: '2.0', id, result })),
  }
}

describe('Gate', () => {
  it('gives the owner what the rules have made of a call, and the view its answer, once', () => {
    const { call, answer, owner, view } = gateBetween()
    call('say', 1)
    expect(owner()).toEqual([{ jsonrpc: '2.0', id: 1, method: 'crossed say', params: {} }])
    answer(1)
    answer(1)
    answer(2)
    expect(view()).toEqual([{ jsonrpc: '2.0', id: 1, result: 1 }])
  })

  it('answers what does not cross: an error of the wire, or of the method for a wrong type', () => {
    const { call, owner, view } = gateBetween()
    call('forbidden', 1)
    call('wrong', 2)
    call('forbidden')
    expect(owner()).toEqual([])
    expect(view()).toMatchObject([
      { id: 1, error: { data: { code: 'FORBIDDEN' } } },
      { id: 2, result: { error: { $error: { name: 'TypeError', message: 'A wrong type.' } } } },
    ])
  })

  it('lets a few calls wait for an answer, each with an id of its own', () => {
    const { call, answer, view, owner } = gateBetween()
    for (const id of [1, 1, 2, 3]) call('say', id)
    expect(view().map(({ error }) => error.data.code)).toEqual(['PROTOCOL_PARAMS_INVALID', 'RATE_LIMITED'])
    answer(1)
    call('say', 3)
    expect(owner()).toHaveLength(3)
  })

  it('counts calls that want no answer among them, and gives the view none', () => {
    const { call, answer, view, owner } = gateBetween()
    for (let count = 0; count < 5; count++) call('say')
    call('say', 'asked')
    expect(owner()).toHaveLength(2)
    expect(view()).toMatchObject([{ id: 'asked', error: { data: { code: 'RATE_LIMITED' } } }])
    for (const { id } of owner()) answer(id)
    call('say')
    expect(owner()).toHaveLength(3)
    expect(view()).toHaveLength(1)
  })

  it('tells the view what it may hear, and takes one answer to what it was asked', () => {
    const { gate, ask, owner, view } = gateBetween()
    ask('run', 7)
    ask('secret', 8)
    expect(view()).toHaveLength(1)
    for (const id of [7, 7, 8]) gate.fromView(JSON.stringify({ jsonrpc: '2.0', id, result: 'done' }))
    expect(owner()).toEqual([{ jsonrpc: '2.0', id: 7, result: { run: 'done' } }])
  })

  it('says of a text that is too long that it is, to whoever waits for an answer', () => {
    const { gate, call, answer, view, owner } = gateBetween()
    call('say', 1)
    answer(1, 'x'.repeat(300))
    expect(view()).toMatchObject([{ id: 1, error: { data: { code: 'PROTOCOL_FRAME_TOO_LARGE' } } }])
    gate.onText(JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'run', params: 'x'.repeat(300) }))
    expect(owner().at(-1)).toMatchObject({ id: 9, error: { data: { code: 'PROTOCOL_FRAME_TOO_LARGE' } } })
  })

  it.each<[GateEnd, (between: ReturnType<typeof gateBetween>) => void]>([
    ['nonsense', ({ gate }) => ['{', '[]'].map(text => gate.fromView(text))],
    [
      'viewIsSlow',
      ({ waiting, ask }) => {
        waiting.view = 1000
        ask('event')
      },
    ],
    [
      'ownerIsSlow',
      ({ waiting, call }) => {
        waiting.owner = 1001
        call('say', 1)
      },
    ],
    ['ownerIsGone', ({ gate }) => gate.onClose()],
  ])('closes both ends, once: %s', (end, bring) => {
    const between = gateBetween()
    bring(between)
    bring(between)
    expect(between.ends).toEqual([end])
    expect(between.closes()).toBe(1)
    const before = between.owner().length
    between.call('late', 5)
    between.answer(5)
    expect(between.owner()).toHaveLength(before)
  })

  it('closed from this side says nothing of it, and closes what comes late', () => {
    const { gate, port, ends, closes } = gateBetween()
    gate.close()
    gate.attach(port)
    expect(ends).toEqual([])
    expect(closes()).toBe(2)
  })
})

describe('A frame', () => {
  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"jsonrpc":"1.0","id":1,"method":"a"}',
    '{"jsonrpc":"2.0","id":{},"method":"a"}',
    '{"jsonrpc":"2.0","id":1.5,"method":"a"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","result":1}',
    `{"jsonrpc":"2.0","id":"${'x'.repeat(65)}","method":"a"}`,
  ])('is not %.60s', text => {
    expect(readFrame(text)).toBeUndefined()
  })
})
