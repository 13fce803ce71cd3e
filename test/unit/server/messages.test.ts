import { describe, expect, it } from 'vitest'
import { messageTo, startTestServer } from '../../support/test-server.ts'

const target = (id: string, of: string, conversationId = 'bob') => ({ id, target: of, conversationId })

describe('Messages', () => {
  it('let their sender alone edit and delete them', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    await alice.call('message.send', messageTo('bob', 'm1'))
    expect(await bob.refusal('message.edit', { ...target('e0', 'm1', 'alice'), text: 'mine' })).toBe('FORBIDDEN')
    expect(await bob.refusal('message.delete', target('d0', 'm1', 'alice'))).toBe('FORBIDDEN')
    expect(await alice.call('message.edit', { ...target('e1', 'm1'), text: 'new' })).toMatchObject({ seq: 2 })
    expect(await alice.call('message.delete', target('d1', 'm1'))).toMatchObject({ seq: 3 })
    await bob.until(() => bob.events.length === 3)
    expect(bob.events.slice(1)).toMatchObject([
      { type: 'edit', target: 'm1', text: 'new', from: 'alice', conversationId: 'alice' },
      { type: 'deletion', target: 'm1' },
    ])
  })

  it('take reactions from everybody in the conversation', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    await alice.call('message.send', messageTo('bob', 'm1'))
    await bob.call('message.react', { ...target('r1', 'm1', 'alice'), reaction: '👍' })
    await bob.call('message.react', { ...target('r2', 'm1', 'alice'), reaction: '👍', removed: true })
    await alice.until(() => alice.events.length === 2)
    expect(alice.events).toMatchObject([
      { type: 'reaction', target: 'm1', reaction: '👍', from: 'bob', conversationId: 'bob' },
      { type: 'reaction', removed: true },
    ])
  })

  it('cannot be changed where they do not exist, nor can what is no message', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    expect(await alice.refusal('message.edit', { ...target('e0', 'm1'), text: '' })).toBe('CONVERSATION_NOT_FOUND')
    await alice.call('message.send', messageTo('bob', 'm1'))
    await alice.call('message.edit', { ...target('e1', 'm1'), text: 'new' })
    expect(await alice.refusal('message.edit', { ...target('e2', 'm2'), text: '' })).toBe('MESSAGE_NOT_FOUND')
    expect(await alice.refusal('message.delete', target('d1', 'e1'))).toBe('MESSAGE_NOT_FOUND')
    expect(await alice.refusal('message.react', { ...target('r1', 'x'), reaction: '!' })).toBe('MESSAGE_NOT_FOUND')
  })

  it('follow the one that they name, or are refused', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    const [first, second, third] = [
      alice.refusal('message.send', messageTo('bob', 'm1', { text: 'x'.repeat(2 ** 20 + 1) })),
      alice.refusal('message.send', messageTo('bob', 'm2', { after: 'm1' })),
      alice.refusal('message.send', messageTo('bob', 'm3', { after: 'm2' })),
    ]
    expect(await Promise.all([first, second, third])).toEqual([
      'MESSAGE_TOO_LARGE',
      'MESSAGE_OUT_OF_ORDER',
      'MESSAGE_OUT_OF_ORDER',
    ])
    await bob.call('message.send', messageTo('alice', 'b1'))
    expect(await alice.refusal('message.send', messageTo('bob', 'm4', { after: 'b1' }))).toBe('MESSAGE_OUT_OF_ORDER')
    await Promise.all([
      alice.call('message.send', messageTo('bob', 'm1')),
      alice.call('message.send', messageTo('bob', 'm2', { after: 'm1' })),
    ])
    await bob.until(() => bob.events.length === 2)
    expect(bob.events.map(event => [event.id, event.seq])).toEqual([
      ['m1', 2],
      ['m2', 3],
    ])
  })

  it('have one effect when they are sent twice at once, and none on another conversation', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const [one, two] = await Promise.all([
      alice.call('message.send', messageTo('bob', 'm1')),
      alice.call('message.send', messageTo('bob', 'm1', { text: 'changed' })),
    ])
    expect(two).toEqual({ ...one, duplicate: true })
    expect(await alice.call('message.send', messageTo('carol', 'm1'))).toMatchObject({ seq: 1, duplicate: false })
    const { events } = await alice.call('history.fetch', { conversationId: 'bob' })
    expect(events).toMatchObject([{ id: 'm1', text: 'text of m1' }])
  })

  it('keep everything that the sender said, and nothing that it may not say', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const said = messageTo('bob', 'm1', { replyTo: 'm0', data: { json: { a: [1, null] } }, parts: [{ kind: 'x' }] })
    await alice.call('message.send', { ...said, unknown: 'field' })
    const { events } = await alice.call('history.fetch', { conversationId: 'bob' })
    const stamps = { type: 'message', conversationId: 'bob', seq: 1, from: 'alice' }
    expect(events).toEqual([{ ...said, ...stamps, acceptedAt: '2026-01-01T00:00:00.000Z' }])
  })

  it('can be sent to oneself', async () => {
    const { join } = await startTestServer()
    const { client: phone } = await join('alice', { deviceId: 'phone' })
    const { client: laptop } = await join('alice', { deviceId: 'laptop' })
    expect(await phone.call('message.send', messageTo('alice', 'm1'))).toMatchObject({ conversationId: 'alice' })
    await laptop.until(() => laptop.events.length === 1)
    expect(laptop.events).toMatchObject([{ conversationId: 'alice', from: 'alice', to: 'alice' }])
  })

  it('reach accounts whose names are those of an object’s own properties', async () => {
    const { join } = await startTestServer()
    const { client: proto } = await join('__proto__')
    const { client: maker } = await join('constructor')
    await proto.call('message.send', messageTo('constructor', 'm1'))
    const { conversationId } = await maker.call('group.create', { id: 'g', members: ['__proto__'] })
    await maker.call('message.send', messageTo(conversationId, 'm2'))
    await proto.until(() => proto.events.length === 2)
    await maker.until(() => maker.events.length === 2)
    expect(maker.events[0]).toMatchObject({ from: '__proto__', conversationId: '__proto__' })
  })
})
