import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failingStorage } from '../../support/failing-storage.ts'
import { linkClient } from '../../support/linked-sockets.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

const texts = (messages: readonly { text: string }[]) => messages.map(message => message.text)

describe('Receiving', () => {
  it('stores nothing on top of what could not be stored, and gets all of it again', async () => {
    const [alice, carol] = [await world.join('alice'), await world.join('carol')]
    const storage = failingStorage()
    const bob = await world.join('bob', { storage })
    let open = () => {}
    storage.gate = new Promise(resolve => {
      open = resolve
    })
    await alice.client.sendMessage({ to: 'bob', text: 'lost at first' })
    await world.pass()
    await carol.client.sendMessage({ to: 'bob', text: 'queued behind it' })
    await world.pass()
    storage.failures = 1
    storage.gate = undefined
    open()
    await world.pass(5000)
    expect(texts(await bob.client.getConversationHistory({ contactId: 'alice' }))).toEqual(['lost at first'])
    expect(texts(await bob.client.getConversationHistory({ contactId: 'carol' }))).toEqual(['queued behind it'])
  })

  it('says why nothing is stored, after a write of something else has failed too', async () => {
    const alice = await world.join('alice')
    const storage = failingStorage()
    const bob = await world.join('bob', { storage })
    Object.assign(storage, { failures: 1, code: 'STORAGE_FULL' })
    await expect(bob.client.sendMessage({ to: 'alice', text: 'no room' })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    })
    await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass(10)
    expect(bob.errors.map(({ code }) => code)).toEqual(['STORAGE_FULL'])
    await world.pass(5000)
    expect(texts(await bob.client.getConversationHistory({ contactId: 'alice' }))).toEqual(['hello'])
  })
})

describe('Sending', () => {
  it('tells one who waits that a message with an id of its own was accepted, the second time too', async () => {
    const alice = await world.join('alice')
    const message = { id: 'reply-1', to: 'bob', text: 'once' }
    await alice.client.sendMessage(message)
    await alice.client.waitForStatus('reply-1', 'accepted')
    await alice.client.sendMessage(message)
    const waiting = alice.client.waitForStatus('reply-1', 'accepted', { timeoutMs: 1000 })
    await world.pass(2000)
    await expect(waiting).resolves.toMatchObject({ seq: 1, status: 'accepted' })
  })
})

describe('Work', () => {
  it('waits for what a backfill still has to bring, so that a conversation is worked on in order', async () => {
    await world.stopServer()
    await world.startServer({ limits: { replayItems: 10 } })
    const alice = await world.join('alice')
    for (let count = 1; count <= 450; count++) await alice.client.sendMessage({ to: 'worker', text: `${count}` })
    await world.pass()
    const done: (number | undefined)[] = []
    const worker = world.client('worker', { queue: true })
    worker.client.processPending(message => void done.push(message.seq))
    await worker.client.connect()
    await world.pass(10)
    while (done.length < 450) await world.pass(10)
    expect(done).toEqual(Array.from({ length: 450 }, (_, index) => index + 1))
  })
})

describe('An answer that overtakes the feed', () => {
  const fetches = () => world.network.sent.filter(text => text.includes('history.fetch')).length
  const historyOf = async ({ client }: Inhabitant, contactId: string) =>
    (await client.getConversationHistory({ contactId, limit: 1000 })).map(({ id, seq }) => `${seq} ${id}`)

  /** Holds the feed back, until it is let go or for ever: answers pass. Gives the way to let it go. */
  function holdFeed(): () => void {
    const { acceptor } = world.network
    let held: (() => void)[] | undefined = []
    world.network.acceptor = acceptor && {
      accept: socket =>
        acceptor.accept({
          send: text => {
            if (held && text.includes('"feed.events"')) held.push(() => socket.send(text))
            else socket.send(text)
          },
          close: (code, reason) => socket.close(code, reason),
          get bufferedAmount() {
            return socket.bufferedAmount
          },
        }),
    }
    return () => {
      const waiting = held ?? []
      held = undefined
      for (const send of waiting) send()
    }
  }

  it('leaves no gap behind, however many write at once', async () => {
    const [alice, bob] = [await world.join('alice'), await world.join('bob')]
    const gaps: unknown[] = []
    for (const { client } of [alice, bob]) client.on('gap', gap => gaps.push(gap))
    for (let round = 0; round < 20; round++) {
      const saying = [1, 2, 3].flatMap(() => [
        alice.client.sendMessage({ to: 'bob', text: 'to bob' }),
        bob.client.sendMessage({ to: 'alice', text: 'to alice' }),
      ])
      await Promise.all(saying)
      await world.pass()
    }
    expect([gaps, fetches()]).toEqual([[], 0])
    const [hers, his] = [await historyOf(alice, 'bob'), await historyOf(bob, 'alice')]
    expect(hers).toHaveLength(120)
    expect(hers).toEqual(his)
  })

  it('is taken in at once, and nothing counts as missing that the feed brings behind it', async () => {
    const bob = await world.join('bob')
    const letGo = holdFeed()
    const alice = await world.join('alice')
    const gaps: unknown[] = []
    alice.client.on('gap', gap => gaps.push(gap))
    const offered: string[] = []
    alice.client.onMessage(({ id }) => void offered.push(id))
    await bob.client.sendMessage({ id: 'first', to: 'alice', text: 'first' })
    await world.pass()
    for (const id of ['second', 'third']) await alice.client.sendMessage({ id, to: 'bob', text: id })
    await world.pass(900)
    expect(await historyOf(alice, 'bob')).toEqual(['2 second', '3 third'])
    letGo()
    await world.pass(5000)
    expect(await historyOf(alice, 'bob')).toEqual(['1 first', '2 second', '3 third'])
    expect(offered).toEqual(['first'])
    expect([gaps, fetches()]).toEqual([[], 0])
    const [last] = await bob.client.getConversationHistory({ contactId: 'alice', limit: 3 })
    expect(last?.status).toBe('done')
  })

  it('has left a gap behind when the feed has brought nothing within a second: that is told, and fetched', async () => {
    const bob = await world.join('bob')
    holdFeed()
    const alice = await world.join('alice')
    const gaps: unknown[] = []
    alice.client.on('gap', ({ gaps: missing }) => gaps.push(missing))
    await bob.client.sendMessage({ id: 'first', to: 'alice', text: 'first' })
    await world.pass()
    await alice.client.sendMessage({ id: 'second', to: 'bob', text: 'second' })
    await world.pass(999)
    expect(gaps).toEqual([])
    await world.pass(1)
    expect(gaps).toEqual([[{ from: 1, to: 1 }], [], []])
    expect(await historyOf(alice, 'bob')).toEqual(['1 first', '2 second'])
  })

  it('leaves no timer behind where the client closes meanwhile, and nothing missing once it is back', async () => {
    const bob = await world.join('bob')
    const letGo = holdFeed()
    const alice = await world.join('alice')
    await bob.client.sendMessage({ id: 'first', to: 'alice', text: 'first' })
    await world.pass()
    await alice.client.sendMessage({ id: 'second', to: 'bob', text: 'second' })
    await world.pass()
    await alice.client.close()
    await bob.client.close()
    expect(world.clock.waiting).toBe(0)
    letGo()
    const again = await world.join('alice', {}, alice.disk)
    await world.pass()
    expect(await historyOf(again, 'bob')).toEqual(['1 first', '2 second'])
  })
})

describe('What a server or a program must not be told', () => {
  it('keeps a message from the wire that is larger than the server takes, and sends those behind it', async () => {
    await world.stopServer()
    await world.startServer({ limits: { frameBytes: 4096 } })
    const alice = await world.join('alice')
    await alice.client.sendMessage({ id: 'large', to: 'bob', text: '好'.repeat(2000) })
    await alice.client.sendMessage({ id: 'small', to: 'bob', text: 'small' })
    await world.pass()
    await expect(alice.client.waitForStatus('large', 'accepted')).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' })
    await expect(alice.client.waitForStatus('small', 'accepted')).resolves.toMatchObject({ seq: 1 })
    expect(alice.client.state.name).toBe('connected')
  })

  it('refuses to mark as read what is no sequence, and stores nothing of it', async () => {
    const [alice, bob] = [await world.join('alice'), await world.join('bob')]
    await alice.client.sendMessage({ to: 'bob', text: 'one' })
    await world.pass()
    for (const seq of [Number.NaN, -1, 0.5]) await expect(bob.client.markRead('alice', seq)).rejects.toThrow(TypeError)
    await bob.client.close()
    const again = world.client('bob', {}, bob.disk)
    expect((await again.client.listConversations()).map(({ unreadCount }) => unreadCount)).toEqual([1])
  })

  it('does not say that anything was delivered or read while some of it is missing here', async () => {
    await world.stopServer()
    await world.startServer({ limits: { replayItems: 10 } })
    const alice = await world.join('alice')
    for (let count = 1; count <= 450; count++) await alice.client.sendMessage({ to: 'bob', text: `${count}` })
    await world.pass()
    const bob = world.client('bob')
    await bob.client.listContacts() // what marking needs is loaded: it takes no longer than a page
    await bob.client.getConversationHistory({ contactId: 'alice' })
    const before = world.network.sent.length
    const toldEarly: string[] = []
    const early: Promise<void>[] = []
    let marked = 0
    let missing = true
    bob.client.on('gap', ({ gaps }) => {
      if (missing) toldEarly.push(...world.network.sent.slice(before).filter(text => text.includes('receipt.update')))
      missing = gaps.length > 0
      if (!missing) return
      const marking = bob.client.markRead('alice')
      early.push(
        marking.then(() => {
          if (missing) marked += 1
        }),
      )
    })
    await bob.client.connect()
    await world.pass()
    await Promise.all(early)
    expect(toldEarly).toEqual([])
    expect(marked).toBeGreaterThan(0)
    const [last] = await alice.client.getConversationHistory({ contactId: 'bob', limit: 1 })
    expect(last?.status).toBe('read')
  })

  it('shows its sender a message as failed that the positions of its recipient cover, also after an absence', async () => {
    const alice = await world.join('alice')
    const waiting = ['one', 'two'].map(id => alice.client.sendMessage({ to: 'bob', id, text: id }))
    await Promise.all(waiting)
    if (!world.server) throw new Error('There is no server.')
    const { client: bob } = linkClient(world.server)
    await bob.open('bob')
    await bob.call('receipt.update', { conversationId: 'alice', read: 2, done: 2, outcomes: { 1: 'failed' } })
    await world.pass()
    const statuses = async ({ client }: Inhabitant) =>
      (await client.getConversationHistory({ contactId: 'bob' })).map(({ status }) => status)
    expect(await statuses(alice)).toEqual(['failed', 'done'])
    await alice.client.close()
    await bob.call('receipt.update', { conversationId: 'alice', outcomes: { 1: 'done', 2: 'expired' } })
    const back = await world.join('alice', {}, alice.disk)
    await world.pass()
    expect(await statuses(back)).toEqual(['done', 'expired'])
    await back.client.close()
    expect(await statuses(await world.join('alice', {}, alice.disk))).toEqual(['done', 'expired'])
  })
})
