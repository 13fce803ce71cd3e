import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStorage, type StorageAdapter } from '../../../src/index.ts'
import { settled } from '../../support/manual-clock.ts'
import type { RpcClient } from '../../support/rpc-client.ts'
import { messageTo, startTestServer } from '../../support/test-server.ts'

const offsetOf = (client: RpcClient) => client.batches.at(-1)?.offset ?? 0
const texts = (client: RpcClient) => client.events.map(event => event.id)
const ids = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `m${index + from}`)

async function sendMany(client: RpcClient, to: string, names: readonly string[], more: object = {}) {
  await Promise.all(names.map(id => client.call('message.send', messageTo(to, id, more))))
}

describe('The feed', () => {
  it('holds no more than the window in flight, and goes on when it is acknowledged', async () => {
    const { join } = await startTestServer({ limits: { unackedItems: 4 } })
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    bob.acknowledges = false
    await sendMany(alice, 'bob', ids(20))
    await settled()
    expect(texts(bob)).toEqual(ids(4))
    bob.acknowledges = true
    bob.notify('feed.ack', { offset: offsetOf(bob) })
    await bob.until(() => bob.events.length === 20)
    expect(texts(bob)).toEqual(ids(20))
  })

  it('counts characters as well, but lets a single large event through', async () => {
    const { join } = await startTestServer({ limits: { unackedLength: 1000 } })
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    bob.acknowledges = false
    await sendMany(alice, 'bob', ids(3), { text: 'x'.repeat(5000) })
    await settled()
    expect(texts(bob)).toEqual(['m1'])
    bob.notify('feed.ack', { offset: offsetOf(bob) })
    await settled()
    expect(texts(bob)).toEqual(['m1', 'm2'])
  })

  it('comes in fewer and larger frames to a client that is slow to store them', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    bob.acknowledges = false
    for (const id of ids(20)) await alice.call('message.send', messageTo('bob', id))
    await settled()
    expect(bob.batches.map(batch => batch.events.length)).toEqual([1, 1, 1, 1])
    bob.notify('feed.ack', { offset: offsetOf(bob) })
    await settled()
    expect(bob.batches.map(batch => batch.events.length)).toEqual([1, 1, 1, 1, 16])
  })

  it('sends what a slow client left behind from the log, without a hole and without a repeat', async () => {
    const { join } = await startTestServer({ limits: { unackedItems: 3 } })
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    bob.acknowledges = false
    await sendMany(alice, 'bob', ids(50))
    await settled()
    bob.acknowledges = true
    bob.notify('feed.ack', { offset: offsetOf(bob) })
    await sendMany(alice, 'bob', ids(50, 51))
    await bob.until(() => bob.events.length >= 100)
    await settled()
    expect(texts(bob)).toEqual(ids(100))
  })

  it('goes on from the cursor, and says when it has caught up although nothing concerns the account', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const first = await join('bob')
    await sendMany(alice, 'bob', ids(3))
    await first.client.until(() => first.client.events.length === 3)
    const cursor = { epoch: first.session.epoch, offset: offsetOf(first.client) }
    first.cut()
    await sendMany(alice, 'carol', ids(5))
    const { client: bob, session } = await join('bob', { cursor })
    expect(session.recovered).toBe(true)
    await bob.until(() => offsetOf(bob) >= session.offset)
    expect(bob.events).toEqual([])
  })

  it('reads no more of large events at a time than the window takes', async () => {
    const storage = memoryStorage()
    const list: StorageAdapter['list'] = storage.list.bind(storage)
    const pages: number[] = []
    storage.list = async (prefix, options) => {
      const entries = await list(prefix, options)
      if (prefix[0] === 'events') pages.push(JSON.stringify(entries).length)
      return entries
    }
    const { join } = await startTestServer({ storage, limits: { unackedLength: 400_000 } })
    const { client: alice } = await join('alice')
    await sendMany(alice, 'bob', ids(60), { text: 'x'.repeat(100_000) })
    pages.length = 0
    const { client: bob } = await join('bob')
    await bob.until(() => bob.events.length === 60)
    expect(texts(bob)).toEqual(ids(60))
    expect(Math.max(...pages)).toBeLessThanOrEqual(410_000)
  })

  it('begins at its end for a client that is further behind than the server replays', async () => {
    const { join } = await startTestServer({ limits: { replayItems: 10 } })
    const { client: alice } = await join('alice')
    await sendMany(alice, 'bob', ids(11))
    const { client: bob, session } = await join('bob')
    expect(session).toMatchObject({ recovered: false })
    await sendMany(alice, 'bob', ['m12'])
    await bob.until(() => bob.events.length > 0)
    expect(texts(bob)).toEqual(['m12'])
  })

  it('is not recovered from a cursor of another epoch, or from one beyond the end', async () => {
    const { join } = await startTestServer()
    const { session } = await join('alice')
    const foreign = await join('alice', { cursor: { epoch: 'another', offset: 0 } })
    const beyond = await join('alice', { cursor: { epoch: session.epoch, offset: session.offset + 1 } })
    const known = await join('alice', { cursor: { epoch: session.epoch, offset: session.offset } })
    expect([foreign.session.recovered, beyond.session.recovered, known.session.recovered]).toEqual([false, false, true])
  })

  it('replays many conversations in the order in which their events were accepted', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const others = Array.from({ length: 40 }, (_, index) => `agent-${index % 7}`)
    const sent: string[] = []
    for (const [round, to] of [...others, ...others, ...others].entries()) {
      const names = ids(10, round * 10)
      sent.push(...names)
      await sendMany(alice, to, names)
    }
    const { client: laptop } = await join('alice', { deviceId: 'laptop' })
    await laptop.until(() => laptop.events.length >= sent.length)
    expect(texts(laptop)).toEqual(sent)
  })

  it('does not echo an event to the session that made it, but moves its cursor past it now and then', async () => {
    const { join } = await startTestServer()
    const { client: phone } = await join('alice', { deviceId: 'phone' })
    const { client: laptop } = await join('alice', { deviceId: 'laptop' })
    await sendMany(phone, 'bob', ids(300))
    await laptop.until(() => laptop.events.length === 300)
    expect(phone.events).toEqual([])
    expect(offsetOf(phone)).toBeGreaterThan(200)
  })

  it('answers a send before the frame that moves the cursor past it', async () => {
    const { join } = await startTestServer()
    const { client } = await join('alice')
    await sendMany(client, 'bob', ids(300))
    await sendMany(client, 'bob', ids(300, 301))
    const answered = new Set<unknown>()
    for (const frame of client.frames) {
      if (frame.kind === 'result') answered.add((frame.result as { seq?: number }).seq)
      if (frame.kind !== 'notification' || frame.method !== 'feed.events') continue
      const { offset } = frame.params as { offset: number }
      for (let seq = 1; seq <= offset; seq++) expect(answered.has(seq)).toBe(true)
    }
    expect(client.batches.length).toBeGreaterThan(0)
  })

  it('tells nobody of receipts for what others said while it was away', async () => {
    const { join } = await startTestServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    const carol = await join('carol')
    await alice.call('group.create', { id: 'g', members: ['bob', 'carol'] })
    await carol.client.until(() => carol.client.events.length === 1)
    const { conversationId, seq } = carol.client.events[0] ?? { conversationId: '', seq: 0 }
    const cursor = { epoch: carol.session.epoch, offset: offsetOf(carol.client) }
    carol.cut()
    await sendMany(alice, conversationId, ids(3))
    await bob.call('receipt.update', { conversationId, read: seq + 3 })
    const back = await join('carol', { cursor })
    await back.client.until(() => back.client.events.length === 3)
    await settled()
    expect(back.client.receipts).toEqual([])
    await back.client.call('message.send', messageTo(conversationId, 'c1'))
    await bob.until(() => texts(bob).includes('c1'))
    await back.client.until(() => back.client.receipts.length > 0)
    const offset = offsetOf(back.client)
    back.cut()
    await bob.call('receipt.update', { conversationId, read: seq + 4 })
    const again = await join('carol', { cursor: { epoch: carol.session.epoch, offset } })
    await again.client.until(() => again.client.receipts.some(({ read }) => read === seq + 4))
  })

  it('tells a sender of the receipts that came while it was away', async () => {
    const { join } = await startTestServer()
    const alice = await join('alice')
    await sendMany(alice.client, 'bob', ids(3))
    alice.cut()
    const { client: bob } = await join('bob')
    await bob.until(() => bob.events.length === 3)
    await bob.call('receipt.update', { conversationId: 'alice', read: 2 })
    const back = await join('alice', { cursor: { epoch: alice.session.epoch, offset: alice.session.offset } })
    await back.client.until(() => back.client.receipts.length > 0)
    expect(back.client.receipts).toEqual([{ conversationId: 'bob', reader: 'bob', delivered: 3, read: 2 }])
  })

  it('tells a sender of what became of its messages while it was away', async () => {
    const { join } = await startTestServer()
    const alice = await join('alice')
    await sendMany(alice.client, 'bob', ids(3))
    alice.cut()
    const { client: bob } = await join('bob')
    await bob.call('receipt.update', { conversationId: 'alice', outcomes: { 3: 'expired' } })
    const back = await join('alice', { cursor: { epoch: alice.session.epoch, offset: alice.session.offset } })
    await back.client.until(() => back.client.receipts.length > 0)
    expect(back.client.receipts.at(-1)).toMatchObject({ reader: 'bob', outcomes: { 3: 'expired' } })
    const offset = offsetOf(back.client)
    back.cut()
    await bob.call('receipt.update', { conversationId: 'alice', outcomes: { 3: 'failed', 1: 'done' } })
    const again = await join('alice', { cursor: { epoch: alice.session.epoch, offset } })
    await again.client.until(() => again.client.receipts.some(({ outcomes }) => outcomes?.['3'] === 'failed'))
    expect(again.client.receipts.at(-1)?.outcomes).toEqual({ 1: 'done', 3: 'failed' })
  })

  it('brings every account every event once and in order, however slow, cut off and busy its clients are', async () => {
    const step = fc.record({
      action: fc.constantFrom('send', 'send', 'send', 'ack', 'cut', 'slow', 'pause'),
      who: fc.integer({ min: 0, max: 2 }),
      to: fc.integer({ min: 0, max: 3 }),
      burst: fc.integer({ min: 1, max: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
        const world = await createWorld()
        for (const { action, who, to, burst } of steps) await world[action](who, to, burst)
        await world.finish()
      }),
      { numRuns: 60 },
    )
  })
})

/** Three accounts that store what they acknowledge, a group of theirs, and what each must have in the end. */
async function createWorld() {
  const { join } = await startTestServer({ limits: { unackedItems: 3, unackedLength: 3000 } })
  const names = ['alice', 'bob', 'carol']
  const stored = new Map(names.map(name => [name, { offset: 0, events: new Map<string, string>() }]))
  const linked = new Map<string, Awaited<ReturnType<typeof join>>>()
  let sent = 0
  let epoch: string | undefined
  const collect = (name: string, client: RpcClient, upTo = client.batches.length) => {
    const account = stored.get(name)
    for (const { offset, events } of client.batches.splice(0, upTo)) {
      if (!account || offset < account.offset) throw new Error('an offset went back')
      account.offset = offset
      for (const event of events) account.events.set(`${event.conversationId}/${event.seq}`, event.id)
    }
    if (account && account.offset > 0) client.notify('feed.ack', { offset: account.offset })
  }
  const connect = async (name: string) => {
    const cursor = epoch === undefined ? undefined : { epoch, offset: stored.get(name)?.offset ?? 0 }
    const connection = await join(name, cursor ? { cursor } : {})
    epoch = connection.session.epoch
    connection.client.acknowledges = false
    linked.set(name, connection)
    return connection.client
  }
  for (const name of names) await connect(name)
  const clientOf = (name: string) => linked.get(name)?.client as RpcClient
  const { conversationId: group } = await clientOf('alice').call('group.create', { id: 'g', members: names })
  const nameOf = (index: number) => names[index] as string
  const remember = async (name: string, sending: Promise<{ conversationId: string; seq: number; id: string }>) => {
    const { conversationId, seq, id } = await sending
    stored.get(name)?.events.set(`${conversationId}/${seq}`, id) // the answer tells the sender
  }
  const send = async (who: number, to: number, burst: number) => {
    const target = to === 3 ? group : nameOf(to)
    const sends = Array.from({ length: burst }, () =>
      clientOf(nameOf(who)).call('message.send', messageTo(target, `m${++sent}`)),
    )
    await Promise.all(sends.map(sending => remember(nameOf(who), sending)))
  }
  return {
    send,
    pause: () => settled(),
    ack: async (who: number) => collect(nameOf(who), clientOf(nameOf(who))),
    slow: async (who: number) => collect(nameOf(who), clientOf(nameOf(who)), 1),
    cut: async (who: number) => {
      linked.get(nameOf(who))?.cut()
      await connect(nameOf(who))
    },
    finish: async () => {
      for (let round = 0; round < 400; round++) {
        for (const name of names) collect(name, clientOf(name))
        await settled()
        if (names.every(name => clientOf(name).batches.length === 0)) break
      }
      for (const name of names) {
        const { conversations } = await clientOf(name).call('conversation.list')
        for (const { conversationId, lastSeq } of conversations) {
          const { events } = await clientOf(name).call('history.fetch', { conversationId, limit: 500 })
          const expected = events.map((event: { seq: number; id: string }) => [event.seq, event.id])
          const held = Array.from({ length: lastSeq }, (_, index) => index + 1).map(seq => [
            seq,
            stored.get(name)?.events.get(`${conversationId}/${seq}`),
          ])
          expect({ name, conversationId, held }).toEqual({ name, conversationId, held: expected })
        }
      }
    },
  }
}
