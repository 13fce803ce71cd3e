import { describe, expect, it } from 'vitest'
import { settled } from '../../support/manual-clock.ts'
import { messageTo, startTestServer } from '../../support/test-server.ts'

async function groupOf(...members: string[]) {
  const server = await startTestServer()
  const { client: alice } = await server.join('alice')
  const { conversationId: group } = await alice.call('group.create', { id: 'g', title: 'first', members })
  return { ...server, alice, group: group as string }
}

describe('Groups', () => {
  it('tell their own maker how they began', async () => {
    const { alice, group } = await groupOf('bob')
    await alice.until(() => alice.events.length === 1)
    expect(alice.events).toMatchObject([
      { type: 'membership', change: 'created', conversationId: group, members: ['alice', 'bob'], title: 'first' },
    ])
  })

  it('show a new member what happens from its joining on', async () => {
    const { alice, group, join } = await groupOf('bob')
    await alice.call('message.send', messageTo(group, 'm1'))
    const { client: carol } = await join('carol')
    expect(await carol.refusal('history.fetch', { conversationId: group })).toBe('CONVERSATION_NOT_FOUND')
    await alice.call('group.update', { id: 'u1', conversationId: group, add: ['carol', 'bob'] })
    await alice.call('message.send', messageTo(group, 'm2'))
    await carol.until(() => carol.events.length === 2)
    expect(carol.events).toMatchObject([
      { type: 'membership', change: 'added', members: ['carol'], participants: ['alice', 'bob', 'carol'], seq: 3 },
      { id: 'm2', seq: 4 },
    ])
    const history = await carol.call('history.fetch', { conversationId: group })
    expect(history).toMatchObject({ firstSeq: 3, lastSeq: 4, events: carol.events })
    expect(await carol.refusal('message.react', { id: 'r', conversationId: group, target: 'm1', reaction: '?' })).toBe(
      'MESSAGE_NOT_FOUND',
    )
  })

  it('tell a removed member of its removal and of nothing later', async () => {
    const { alice, group, join } = await groupOf('bob')
    const bob = await join('bob')
    await bob.client.until(() => bob.client.events.length === 1)
    bob.cut()
    await alice.call('message.send', messageTo(group, 'm1'))
    await alice.call('group.update', { id: 'u1', conversationId: group, remove: ['bob'] })
    await alice.call('message.send', messageTo(group, 'm2'))
    const { client: back } = await join('bob')
    await back.until(() => back.events.length === 3)
    await settled()
    expect(back.events.map(event => event.seq)).toEqual([1, 2, 3])
    expect(back.events[2]).toMatchObject({ change: 'removed', members: ['bob'], participants: ['alice'] })
    expect(await back.refusal('message.send', messageTo(group, 'm3'))).toBe('CONVERSATION_NOT_FOUND')
    expect(await back.call('history.fetch', { conversationId: group })).toMatchObject({ lastSeq: 3 })
  })

  it('give a member that comes back its place without a hole', async () => {
    const { alice, group, join } = await groupOf('bob')
    await alice.call('group.update', { id: 'u1', conversationId: group, remove: ['bob'] })
    await alice.call('message.send', messageTo(group, 'm1'))
    await alice.call('group.update', { id: 'u2', conversationId: group, add: ['bob'] })
    const { client: bob } = await join('bob')
    const { events, firstSeq } = await bob.call('history.fetch', { conversationId: group })
    expect([firstSeq, events.map((event: { seq: number }) => event.seq)]).toEqual([1, [1, 2, 3, 4]])
  })

  it('are left by removing oneself', async () => {
    const { alice, group, join } = await groupOf('bob')
    const { client: bob } = await join('bob')
    await bob.call('group.update', { id: 'u1', conversationId: group, remove: ['bob'] })
    await bob.until(() => bob.events.length === 2)
    await alice.until(() => alice.events.length === 2)
    expect(alice.events[1]).toMatchObject({ change: 'left', members: ['bob'], from: 'bob' })
    expect(await bob.refusal('group.update', { id: 'u2', conversationId: group, add: ['bob'] })).toBe(
      'CONVERSATION_NOT_FOUND',
    )
  })

  it('record each kind of change as an event of its own, and a repeat as none', async () => {
    const { alice, group } = await groupOf('bob')
    const change = { id: 'u1', conversationId: group, add: ['carol'], remove: ['bob'], title: 'second' }
    const answer = await alice.call('group.update', change)
    expect(answer).toMatchObject({ seq: 4, duplicate: false })
    expect(await alice.call('group.update', change)).toMatchObject({ duplicate: true })
    await alice.until(() => alice.events.length === 4)
    expect(alice.events.map(event => (event.type === 'membership' ? event['change'] : event.type))).toEqual([
      'created',
      'added',
      'titled',
      'removed',
    ])
    const { conversations } = await alice.call('conversation.list')
    expect(conversations).toMatchObject([{ title: 'second', participants: ['alice', 'carol'], lastSeq: 4 }])
    expect(await alice.refusal('group.update', { id: 'u2', conversationId: group, title: 'second' })).toBe(
      'PROTOCOL_PARAMS_INVALID',
    )
  })

  it('give the further events of a request ids of their own, which keep the rules for ids', async () => {
    const { alice, group } = await groupOf('bob')
    await alice.call('message.send', messageTo(group, 'u/2'))
    await alice.call('group.update', { id: 'u', conversationId: group, add: ['carol'], title: 'second' })
    const long = 'x'.repeat(128)
    await alice.call('group.update', { id: long, conversationId: group, add: ['dan'], title: 'third' })
    const { events } = await alice.call('history.fetch', { conversationId: group, after: 1 })
    const ids = events.map((event: { id: string }) => event.id)
    expect(new Set(ids).size).toBe(5)
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{1,128}$/)
  })

  it('tell whoever left nothing of how far the others come', async () => {
    const { alice, group, join } = await groupOf('bob', 'carol')
    const { client: carol } = await join('carol')
    await carol.call('message.send', messageTo(group, 'm1'))
    await carol.call('group.update', { id: 'u1', conversationId: group, remove: ['carol'] })
    await alice.call('message.send', messageTo(group, 'm2'))
    const { client: bob } = await join('bob')
    await bob.call('receipt.update', { conversationId: group, read: 4 })
    await settled()
    const { conversations } = await carol.call('conversation.list')
    const told = [...carol.receipts, ...Object.values(conversations[0].positions)] as { read?: number }[]
    for (const positions of told) expect(Math.max(...Object.values(positions).filter(Number.isFinite))).toBeLessThan(4)
  })

  it('tell of what became of messages as far as one sees them: not to whoever came later, or left before', async () => {
    const { alice, group, join } = await groupOf('bob', 'carol')
    const { client: bob } = await join('bob')
    const { client: carol } = await join('carol')
    await carol.call('message.send', messageTo(group, 'm2'))
    await carol.call('group.update', { id: 'u1', conversationId: group, remove: ['carol'] })
    await alice.call('group.update', { id: 'u2', conversationId: group, add: ['dan'] })
    const { client: dan } = await join('dan')
    await dan.call('message.send', messageTo(group, 'm5'))
    await bob.call('receipt.update', { conversationId: group, outcomes: { 2: 'failed', 5: 'failed' } })
    await dan.until(() => dan.receipts.some(({ reader, outcomes }) => reader === 'bob' && outcomes?.['5'] === 'failed'))
    const told = async (client: typeof dan) => {
      const { conversations } = await client.call('conversation.list')
      return conversations[0].positions.bob?.outcomes
    }
    expect(await Promise.all([alice, dan, carol].map(told))).toEqual([
      { 2: 'failed', 5: 'failed' },
      { 5: 'failed' },
      { 2: 'failed' },
    ])
    expect(dan.receipts.some(({ outcomes }) => outcomes?.['2'])).toBe(false)
    expect(carol.receipts.some(({ outcomes }) => outcomes)).toBe(false)
  })

  it('stay to whoever left what they were then', async () => {
    const { alice, group, join, server, disk } = await groupOf('bob', 'carol')
    await alice.call('group.update', { id: 'u1', conversationId: group, title: 'then' })
    await alice.call('group.update', { id: 'u2', conversationId: group, remove: ['carol'] })
    await alice.call('group.update', {
      id: 'u3',
      conversationId: group,
      title: 'secret',
      add: ['dan'],
      remove: ['bob'],
    })
    const { client: dan } = await join('dan')
    await dan.call('receipt.update', { conversationId: group, read: 4 })
    const then = { title: 'then', participants: ['alice', 'bob'], lastSeq: 3 }
    const { client: carol } = await join('carol')
    const { conversations } = await carol.call('conversation.list')
    expect(conversations).toMatchObject([then])
    expect(Object.keys(conversations[0].positions)).not.toContain('dan')
    await server.drain()
    const { client: again } = await (await startTestServer({}, disk)).join('carol')
    expect((await again.call('conversation.list')).conversations).toMatchObject([then])
  })

  it('survive a restart with their members, and are made once for each id of their maker', async () => {
    const { alice, group, server, disk } = await groupOf('bob')
    await alice.call('group.update', { id: 'u1', conversationId: group, remove: ['bob'], add: ['carol'] })
    await server.drain()
    const { join } = await startTestServer({}, disk)
    const { client: again } = await join('alice')
    const { client: bob } = await join('bob')
    const [one, two, other] = await Promise.all([
      again.call('group.create', { id: 'g', members: [] }),
      again.call('group.create', { id: 'g', members: ['x'] }),
      bob.call('group.create', { id: 'g', members: [] }),
    ])
    expect([one.conversationId, one.duplicate, one.seq]).toEqual([group, true, 1])
    expect([two.conversationId, two.conversation.participants]).toEqual([group, ['alice', 'carol']])
    expect([other.duplicate, other.conversationId === group]).toEqual([false, false])
    expect(await bob.refusal('message.send', messageTo(group, 'm'))).toBe('CONVERSATION_NOT_FOUND')
  })

  it('are made once when the request comes twice at once', async () => {
    const { join } = await startTestServer()
    const { client } = await join('alice')
    const create = { id: 'g', members: ['bob'] }
    const [one, two] = await Promise.all([client.call('group.create', create), client.call('group.create', create)])
    expect([one.duplicate, two.duplicate, one.conversationId]).toEqual([false, true, two.conversationId])
  })

  it('have a largest size', async () => {
    const { join } = await startTestServer({ limits: { groupMembers: 3 } })
    const { client } = await join('alice')
    const { conversationId } = await client.call('group.create', { id: 'g', members: ['b', 'c', 'c', 'alice'] })
    expect(await client.refusal('group.update', { id: 'u', conversationId, add: ['d'] })).toBe('MESSAGE_TOO_LARGE')
    expect(await client.refusal('group.create', { id: 'h', members: ['b', 'c', 'd'] })).toBe('MESSAGE_TOO_LARGE')
  })
})
