import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReaderReceipt } from '../../../src/index.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

const texts = (messages: readonly { text: string }[]) => messages.map(message => message.text)

describe('Recovery from a server that has lost what it had not delivered', () => {
  const statuses = async ({ client }: Inhabitant) =>
    (await client.getConversationHistory({ contactId: 'bob' })).map(({ text, status }) => [text, status])

  /** Alice's first message reached a server that lost it; bob has her second. */
  async function lose() {
    const { client, disk } = await world.join('alice')
    for (const text of ['read', 'lost']) {
      await client.sendMessage({ to: 'bob', id: text, text })
      if (text === 'lost') continue
      const bob = await world.join('bob')
      await bob.client.markRead('alice')
      await world.pass()
      await bob.client.close()
    }
    await client.close()
    await world.stopServer()
    await world.startServer()
    const alice = await world.join('alice', {}, disk)
    const bob = await world.join('bob')
    await alice.client.sendMessage({ to: 'bob', text: 'new' })
    await bob.client.markRead('alice')
    await world.pass()
    return alice
  }

  it('shows no message as delivered because a later one was, also after another loss', async () => {
    const alice = await lose()
    const expected = [
      ['read', 'read'],
      ['lost', 'accepted'],
      ['new', 'read'],
    ]
    expect(await statuses(alice)).toEqual(expected)
    await world.stopServer()
    await world.startServer()
    await world.pass(5000)
    await alice.client.sendMessage({ to: 'bob', text: 'newer' })
    await world.pass()
    expect(await statuses(alice)).toEqual([...expected, ['newer', 'delivered']])
  })

  it('tells of no receipt and of no position that they cover what the lost server had numbered', async () => {
    const alice = await lose()
    const told: ReaderReceipt[] = []
    alice.client.on('receipt', receipt => told.push(receipt))
    await world.stopServer()
    await world.startServer()
    await world.pass(5000)
    await alice.client.sendMessage({ to: 'bob', text: 'newer' })
    await world.pass()
    expect(told.map(({ reader, delivered, above }) => [reader, delivered, above])).toEqual([['bob', 4, 3]])
    const [conversation] = await alice.client.listConversations()
    expect([conversation?.positions['bob']?.delivered, conversation?.positionsAbove]).toEqual([4, 3])
  })

  it('shows it as delivered once it was sent again with the same id, though it keeps its number', async () => {
    const alice = await lose()
    await alice.client.sendMessage({ to: 'bob', id: 'lost', text: 'lost' })
    await world.pass()
    expect(await statuses(alice)).toEqual([
      ['read', 'read'],
      ['lost', 'delivered'],
      ['new', 'read'],
    ])
  })
})

describe('Recovery from a server that was rebuilt and knows the same messages under other numbers', () => {
  const ids = Array.from({ length: 450 }, (_, index) => `m${index + 1}`)

  /** Alice says the same once more, to a server that has lost everything: after a message that nobody had seen. */
  async function rebuild(said: readonly string[]) {
    await world.stopServer()
    await world.startServer()
    const alice = await world.join('alice')
    for (const id of ['new', ...said]) await alice.client.sendMessage({ to: 'bob', id, text: id })
    await world.pass()
    return alice
  }

  async function bobKnows(said: readonly string[]) {
    const alice = await world.join('alice')
    const bob = await world.join('bob', { queue: true })
    for (const id of said) await alice.client.sendMessage({ to: 'bob', id, text: id })
    await world.pass()
    await alice.client.close()
    await bob.client.close()
    return bob
  }

  const historyOf = async ({ client }: Inhabitant, contactId: string) =>
    texts(await client.getConversationHistory({ contactId, limit: 2000 }))

  it('stores nothing twice where the client is restarted in the middle of fetching them', async () => {
    const { disk } = await bobKnows(ids)
    await rebuild(ids)
    const interrupted = world.client('bob', {}, disk)
    let pages = 0
    interrupted.client.on('gap', () => {
      if (++pages === 2) world.network.cut() // one page of three has come
    })
    await expect(interrupted.client.connect()).resolves.toMatchObject({ kind: 'reset' })
    await world.pass()
    await interrupted.client.close()
    const bob = await world.join('bob', {}, disk)
    await world.pass()
    expect(await historyOf(bob, 'alice')).toEqual([...ids, 'new'])
    expect((await bob.client.listConversations())[0]?.gaps).toEqual([])
    expect(await bob.client.getPendingMessages()).toHaveLength(451)
  })

  it('stores nothing twice that somebody sends again long after, when the client was restarted meanwhile', async () => {
    const { disk } = await bobKnows(['m1', 'm2'])
    const alice = await rebuild([])
    const first = await world.join('bob', {}, disk)
    await world.pass()
    await first.client.close()
    const bob = await world.join('bob', {}, disk)
    for (const id of ['m2', 'newer', 'm1']) await alice.client.sendMessage({ to: 'bob', id, text: id })
    await world.pass()
    expect(await historyOf(bob, 'alice')).toEqual(['m1', 'm2', 'new', 'newer'])
    const [last] = (await alice.client.getConversationHistory({ contactId: 'bob' })).slice(-1)
    expect(last?.status).toBe('delivered')
  })

  it('keeps its own message once that it sends again with the same id', async () => {
    const { disk } = await bobKnows(['m1'])
    const before = await world.join('bob', {}, disk)
    await before.client.sendMessage({ to: 'alice', id: 'answer', text: 'answer' })
    await world.pass()
    await before.client.close()
    await rebuild([])
    const between = await world.join('bob', {}, disk)
    await world.pass()
    await between.client.close()
    const bob = await world.join('bob', {}, disk)
    await bob.client.sendMessage({ to: 'alice', id: 'answer', text: 'answer' })
    await world.pass()
    expect(await historyOf(bob, 'alice')).toEqual(['m1', 'answer', 'new'])
  })
})

it('A client that has only sent, and heard nothing, notices that the server was rebuilt', async () => {
  const { client: alice } = await world.join('alice')
  const { id } = await alice.sendMessage({ to: 'bob', text: 'to the first server' })
  await alice.waitForStatus(id, 'accepted')
  await world.stopServer()
  await world.startServer()
  const { client: bob } = await world.join('bob')
  await bob.sendMessage({ to: 'alice', text: 'from the second server' })
  await world.passSteps(40, 1000)
  const messages = await alice.getConversationHistory({ contactId: 'bob' })
  expect(messages.map(({ seq, text }) => [seq, text])).toEqual([
    [1, 'to the first server'],
    [2, 'from the second server'],
  ])
})
