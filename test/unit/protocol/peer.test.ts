import { describe, expect, test } from 'vitest'
import { IMError } from '../../../src/errors.ts'
import '../../../src/protocol/answers.ts' // loaded here, so that an answer comes within a turn
import { Peer, type PeerOptions } from '../../../src/protocol/peer.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'

const TIMEOUT_MS = 1_000

/** Two peers, each of which receives what the other sends, in order and in a later turn. */
function linkedPeers(far: Partial<PeerOptions> = {}, near: Partial<PeerOptions> = {}) {
  const clock = new ManualClock()
  const wire: string[] = []
  const client: Peer = new Peer({
    clock,
    send: text => {
      wire.push(text)
      queueMicrotask(() => server.receive(text))
    },
    ...near,
  })
  const server: Peer = new Peer({ clock, send: text => queueMicrotask(() => client.receive(text)), ...far })
  return { clock, wire, client, server }
}

describe('A peer', () => {
  test('answers a request with what its handler gives', async () => {
    const { client, clock } = linkedPeers({ onRequest: async (method, params) => ({ method, params }) })
    await expect(client.request('echo', { a: 1 }, TIMEOUT_MS)).resolves.toEqual({ method: 'echo', params: { a: 1 } })
    expect(clock.waiting).toBe(0)
  })

  test('matches answers that come in another order', async () => {
    const waiting = new Map<unknown, (value: unknown) => void>()
    const { client } = linkedPeers({ onRequest: (_, params) => new Promise(resolve => waiting.set(params, resolve)) })
    const [first, second] = [client.request('wait', 1, TIMEOUT_MS), client.request('wait', 2, TIMEOUT_MS)]
    await settled()
    waiting.get(2)?.('two')
    waiting.get(1)?.('one')
    await expect(Promise.all([first, second])).resolves.toEqual(['one', 'two'])
  })

  test('passes an error on with its code', async () => {
    const { client } = linkedPeers({
      onRequest: () => {
        throw new IMError('FORBIDDEN', 'Not you.')
      },
    })
    await expect(client.request('secret', {}, TIMEOUT_MS)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'Not you.',
    })
  })

  test('without handlers knows no method', async () => {
    const { client } = linkedPeers()
    await expect(client.request('any', {}, TIMEOUT_MS)).rejects.toMatchObject({ code: 'PROTOCOL_METHOD_UNKNOWN' })
  })

  test('gives a request up after its time, and drops an answer that comes later', async () => {
    const answers: ((value: unknown) => void)[] = []
    const { client, clock } = linkedPeers({ onRequest: () => new Promise(resolve => answers.push(resolve)) })
    const request = client.request('slow', {}, TIMEOUT_MS)
    request.catch(() => undefined)
    await clock.advance(TIMEOUT_MS)
    await expect(request).rejects.toMatchObject({ code: 'CONNECTION_TIMEOUT' })
    answers[0]?.('late')
    await settled()
    expect(clock.waiting).toBe(0)
  })

  test('leaves no timer behind an answer', async () => {
    const { client, clock } = linkedPeers({ onRequest: () => 1 })
    await client.request('quick', {}, TIMEOUT_MS)
    expect(clock.waiting).toBe(0)
  })

  test('hands notifications over in order, and answers none', async () => {
    const heard: unknown[] = []
    const { client, wire } = linkedPeers({ onNotification: (method, params) => heard.push([method, params]) })
    client.notify('a', 1)
    client.notify('b', 2)
    await settled()
    expect(heard).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(wire).toHaveLength(2)
  })

  test('rejects what is in flight and everything later when it is ended, and sends nothing more', async () => {
    const { client, wire, clock } = linkedPeers({ onRequest: () => new Promise(() => undefined) })
    const request = client.request('wait', {}, TIMEOUT_MS)
    const lost = new IMError('CONNECTION_LOST', 'Gone.')
    client.end(lost)
    client.end(new IMError('INTERNAL', 'A second end.'))
    await expect(request).rejects.toBe(lost)
    await expect(client.request('later', {}, TIMEOUT_MS)).rejects.toBe(lost)
    client.notify('later', {})
    expect(wire).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })

  test('does not answer a request after its end', async () => {
    const sent: string[] = []
    let answer: (value: unknown) => void = () => undefined
    const peer = new Peer({
      clock: new ManualClock(),
      send: text => sent.push(text),
      onRequest: () =>
        new Promise(resolve => {
          answer = resolve
        }),
    })
    peer.receive('{"jsonrpc":"2.0","id":1,"method":"a"}')
    peer.end(new IMError('CONNECTION_LOST', 'Gone.'))
    answer('too late')
    await settled()
    expect(sent).toEqual([])
  })

  test('answers a frame that is none, tells its owner, and goes on', async () => {
    const faults: IMError[] = []
    const { client, server } = linkedPeers({ onRequest: () => 1, onFault: error => faults.push(error) })
    server.receive('not JSON')
    await settled()
    expect(faults).toMatchObject([{ code: 'PROTOCOL_FRAME_INVALID' }])
    await expect(client.request('after', {}, TIMEOUT_MS)).resolves.toBe(1)
  })

  test('tells its owner what the other end says of a frame without an id', async () => {
    const faults: IMError[] = []
    const { server } = linkedPeers({}, { onFault: error => faults.push(error) })
    server.receive('[]')
    await settled()
    expect(faults).toMatchObject([{ code: 'PROTOCOL_FRAME_INVALID' }])
  })

  test('takes an answer to nothing for nothing', () => {
    const { client, wire } = linkedPeers()
    client.receive('{"jsonrpc":"2.0","id":99,"result":1}')
    client.receive('{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"m"}}')
    expect(wire).toEqual([])
  })
})
