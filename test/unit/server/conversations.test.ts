import { describe, expect, it } from 'vitest'
import { messageTo, startTestServer } from '../../support/test-server.ts'

async function talk(count: number, limits = {}) {
  const server = await startTestServer({ limits })
  const { client: alice } = await server.join('alice')
  for (let seq = 1; seq <= count; seq++) await alice.call('message.send', messageTo('bob', `m${seq}`))
  const pageOf = async (range: object) => {
    const { events } = await alice.call('history.fetch', { conversationId: 'bob', ...range })
    return events.map((event: { seq: number }) => event.seq)
  }
  return { ...server, alice, pageOf }
}

describe('History', () => {
  it('comes in ascending order from either end of a range, bounds excluded', async () => {
    const { pageOf } = await talk(9)
    expect(await pageOf({ limit: 3 })).toEqual([1, 2, 3])
    expect(await pageOf({ limit: 3, newest: true })).toEqual([7, 8, 9])
    expect(await pageOf({ after: 2, before: 8, limit: 3 })).toEqual([3, 4, 5])
    expect(await pageOf({ after: 2, before: 8, limit: 3, newest: true })).toEqual([5, 6, 7])
    expect(await pageOf({ after: 9 })).toEqual([])
    expect(await pageOf({ before: 100, after: 7 })).toEqual([8, 9])
  })

  it('comes in pages that keep the limits of number and size', async () => {
    const { pageOf } = await talk(9, { historyPage: 4, frameBytes: 2000 })
    expect((await pageOf({ limit: 1000, newest: true })).at(-1)).toBe(9)
    expect((await pageOf({ limit: 1000 })).length).toBeLessThan(5)
    const { pageOf: sparse } = await talk(3, { frameBytes: 400 })
    expect([await sparse({}), await sparse({ newest: true })]).toEqual([[1], [3]])
  })
})

describe('Conversations', () => {
  it('are listed page by page, each once, with what their viewer may know', async () => {
    const { join } = await startTestServer()
    const { client } = await join('alice')
    const names = ['bob', '赵', 'Bob', 'a b', '__proto__']
    for (const name of names) await client.call('message.send', messageTo(name, 'm'))
    const seen: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await client.call('conversation.list', { limit: 2, ...(after === undefined ? {} : { after }) })
      seen.push(...page.conversations.map((info: { conversationId: string }) => info.conversationId))
      after = page.next
      if (after === undefined) break
    }
    expect(seen).toEqual([...names].sort())
    const { conversations } = await client.call('conversation.list', { after: 'a b', limit: 1 })
    expect(conversations).toEqual([
      { conversationId: 'bob', kind: 'direct', participants: ['alice', 'bob'], firstSeq: 1, lastSeq: 1, positions: {} },
    ])
  })
})

describe('Receipts', () => {
  it('join by maximum, survive a restart, and reach whoever sent what they newly cover', async () => {
    const { alice, join, server, disk } = await talk(3)
    const { client: bob } = await join('bob')
    await bob.until(() => bob.events.length === 3)
    await bob.call('receipt.update', { conversationId: 'alice', read: 2, done: 1 })
    await bob.call('receipt.update', { conversationId: 'alice', read: 1 })
    await alice.until(() => alice.receipts.some(receipt => receipt.read === 2))
    expect(alice.receipts.at(-1)).toEqual({ conversationId: 'bob', reader: 'bob', delivered: 3, read: 2, done: 1 })
    await server.drain()
    const later = await startTestServer({}, disk)
    const { client } = await later.join('alice')
    const { conversations } = await client.call('conversation.list')
    expect(conversations[0].positions).toEqual({ bob: { delivered: 3, read: 2, done: 1 } })
  })

  it('are not told to members who sent nothing of it', async () => {
    const { join } = await startTestServer()
    const [{ client: alice }, { client: bob }, { client: carol }] = [
      await join('alice'),
      await join('bob'),
      await join('carol'),
    ]
    const { conversationId } = await alice.call('group.create', { id: 'g', members: ['bob', 'carol'] })
    await alice.call('message.send', messageTo(conversationId, 'm1'))
    await bob.until(() => bob.events.length === 2)
    await alice.until(() => new Set(alice.receipts.map(receipt => receipt.reader)).size === 2)
    await bob.call('message.send', messageTo(conversationId, 'm2'))
    await bob.until(() => bob.receipts.length > 0)
    expect([carol.receipts, alice.receipts.every(receipt => (receipt.delivered ?? 0) < 3)]).toEqual([[], true])
  })

  it('are refused beyond the end of the conversation', async () => {
    const { join } = await talk(3)
    const { client: bob } = await join('bob')
    expect(await bob.refusal('receipt.update', { conversationId: 'alice', read: 4 })).toBe('PROTOCOL_PARAMS_INVALID')
    expect(await bob.refusal('receipt.update', { conversationId: 'carol', read: 1 })).toBe('CONVERSATION_NOT_FOUND')
  })

  it('say what became of single messages, join by rank, and survive a restart', async () => {
    const { alice, join, server, disk } = await talk(3)
    const { client: bob } = await join('bob')
    await bob.until(() => bob.events.length === 3)
    await bob.call('receipt.update', { conversationId: 'alice', read: 3, outcomes: { 1: 'failed', 2: 'expired' } })
    await bob.call('receipt.update', { conversationId: 'alice', outcomes: { 1: 'done' } })
    await bob.call('receipt.update', { conversationId: 'alice', outcomes: { 1: 'failed', 2: 'expired' } })
    await bob.call('receipt.update', { conversationId: 'alice', read: 1 })
    const position = { delivered: 3, read: 3, outcomes: { 1: 'done', 2: 'expired' } }
    await alice.until(() => alice.receipts.some(({ outcomes }) => outcomes?.['1'] === 'done'))
    expect(alice.receipts.at(-1)).toEqual({ conversationId: 'bob', reader: 'bob', ...position })
    await server.drain()
    const later = await startTestServer({}, disk)
    const { client } = await later.join('alice')
    const { conversations } = await client.call('conversation.list')
    expect(conversations[0].positions).toEqual({ bob: position })
  })

  it('that say what became of a message reach its sender and nobody else', async () => {
    const { join } = await startTestServer()
    const names = ['alice', 'bob', 'carol', 'dan'] as const
    const [alice, bob, carol, dan] = await Promise.all(names.map(async name => (await join(name)).client))
    if (!alice || !bob || !carol || !dan) throw new Error('Somebody did not join.')
    const { conversationId } = await alice.call('group.create', { id: 'g', members: ['bob', 'carol', 'dan'] })
    await alice.call('message.send', messageTo(conversationId, 'm2'))
    await carol.call('message.send', messageTo(conversationId, 'm3'))
    await bob.until(() => bob.events.length === 3)
    await bob.call('receipt.update', { conversationId, read: 3, done: 3 })
    await alice.until(() => alice.receipts.some(receipt => receipt.done === 3))
    await carol.until(() => carol.receipts.some(receipt => receipt.done === 3))
    const failed = (client: typeof alice, seq: string) =>
      client.receipts.some(({ reader, outcomes }) => reader === 'bob' && outcomes?.[seq] === 'failed')
    await bob.call('receipt.update', { conversationId, outcomes: { 2: 'failed' } })
    await alice.until(() => failed(alice, '2'))
    await bob.call('receipt.update', { conversationId, outcomes: { 1: 'failed' } })
    await dan.call('conversation.list')
    await carol.call('conversation.list')
    expect([failed(carol, '2'), failed(carol, '1'), failed(alice, '1'), failed(dan, '2')]).toEqual(Array(4).fill(false))
    await bob.call('receipt.update', { conversationId, outcomes: { 3: 'failed' } })
    await carol.until(() => failed(carol, '3'))
    expect([failed(alice, '3'), failed(dan, '3')]).toEqual([false, false])
  })

  it('of messages that one does not see are refused', async () => {
    const { join } = await talk(3)
    const { client: bob } = await join('bob')
    const refusal = (outcomes: unknown, conversationId = 'alice') =>
      bob.refusal('receipt.update', { conversationId, outcomes })
    for (const outcomes of [{ 4: 'failed' }, { 1: 'failed', 4: 'done' }, { 0: 'done' }, { 1: 'read' }, [], ['done']]) {
      expect(await refusal(outcomes)).toBe('PROTOCOL_PARAMS_INVALID')
    }
    expect(await refusal(JSON.parse('{"__proto__":"failed"}'))).toBe('PROTOCOL_PARAMS_INVALID')
    const { client: carol } = await join('carol')
    const { conversationId } = await carol.call('group.create', { id: 'g', members: [] })
    await carol.call('message.send', messageTo(conversationId, 'm2'))
    await carol.call('group.update', { id: 'u', conversationId, add: ['bob'] })
    expect(await refusal({ 2: 'failed' }, conversationId)).toBe('PROTOCOL_PARAMS_INVALID')
    const { conversations } = await bob.call('conversation.list')
    expect(conversations.map(({ positions }: { positions: object }) => JSON.stringify(positions)).join()).not.toContain(
      'outcomes',
    )
  })

  it('follow from a cursor alone: what lies before it is stored', async () => {
    const { alice, join, server } = await talk(3)
    await join('bob', { cursor: { epoch: server.stats().epoch, offset: server.stats().head } })
    await alice.until(() => alice.receipts.length === 1)
    expect(alice.receipts).toEqual([{ conversationId: 'bob', reader: 'bob', delivered: 3 }])
  })

  it('wait for the backfill of a client that missed something', async () => {
    const { alice, join } = await talk(5, { replayItems: 3 })
    const { client: bob, session } = await join('bob')
    expect(session.recovered).toBe(false)
    await alice.call('message.send', messageTo('bob', 'm6'))
    await bob.until(() => bob.events.length === 1)
    await bob.call('conversation.list')
    expect(alice.receipts).toEqual([])
    await bob.call('receipt.update', { conversationId: 'alice', delivered: 6 })
    await alice.until(() => alice.receipts.length === 1)
    expect(alice.receipts).toMatchObject([{ delivered: 6 }])
  })
})
