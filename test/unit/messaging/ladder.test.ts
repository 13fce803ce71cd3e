import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
})
afterEach(() => world.end())

async function statuses(contactId: string): Promise<string[]> {
  const history = await alice.client.getConversationHistory({ contactId })
  return history.filter(({ from }) => from === 'alice').map(({ status }) => status)
}

async function send(to: string, ...texts: string[]): Promise<void> {
  for (const text of texts) await alice.client.sendMessage({ to, text })
  await world.pass()
}

describe('The status of a message', () => {
  it('stays accepted while its recipient is away, and delivered where it is stored and never taken', async () => {
    const bob = await world.join('bob')
    await bob.client.close()
    await send('bob', 'hello')
    await world.pass(100_000)
    expect(await statuses('bob')).toEqual(['accepted'])
    const again = await world.join('bob', {}, bob.disk)
    await world.pass(100_000)
    expect(await statuses('bob')).toEqual(['delivered'])
    await again.client.getConversationHistory({ contactId: 'alice' })
    await again.client.getPendingMessages()
    await world.pass()
    expect(await statuses('bob')).toEqual(['delivered'])
  })

  it('is read when a handler has it, and done when the handler has ended', async () => {
    const bob = await world.join('bob')
    let finish = () => {}
    bob.client.onMessage(async () => {
      await new Promise<void>(resolve => {
        finish = resolve
      })
    })
    await send('bob', 'one', 'two')
    expect(await statuses('bob')).toEqual(['read', 'delivered'])
    finish()
    await world.pass()
    expect(await statuses('bob')).toEqual(['done', 'read'])
  })

  it('is failed where a handler has failed too often, though later ones are done; and done when it is handled after all', async () => {
    const bob = await world.join('bob')
    const off = bob.client.onMessage(({ text }) => {
      if (text === 'bad') throw new Error('no')
    })
    await send('bob', 'good', 'bad', 'next')
    await world.pass(60_000)
    expect(await statuses('bob')).toEqual(['done', 'failed', 'done'])
    off()
    bob.client.onMessage(() => {})
    await world.pass()
    expect(await statuses('bob')).toEqual(['done', 'done', 'done'])
  })

  it('follows the work of a digital employee, item by item', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await send('clerk', 'one', 'two', 'three')
    expect(await statuses('clerk')).toEqual(['delivered', 'delivered', 'delivered'])
    const [one] = await clerk.client.claimMessages()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['read', 'delivered', 'delivered'])
    await one?.fail('cannot')
    const [two] = await clerk.client.claimMessages()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['failed', 'read', 'delivered'])
    await two?.complete()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['failed', 'done', 'delivered'])
    const [{ id = '' } = {}] = await alice.client.getConversationHistory({ contactId: 'clerk' })
    await expect(alice.client.waitForStatus(id, 'done')).rejects.toMatchObject({ code: 'MESSAGE_WORK_FAILED' })
    await expect(alice.client.waitForStatus(id, 'read')).resolves.toMatchObject({ status: 'failed' }) // it was taken
    await clerk.client.redriveDeadLetters()
    expect(await statuses('clerk')).toEqual(['failed', 'done', 'delivered'])
    const [again] = await clerk.client.claimMessages()
    expect(again?.message.text).toBe('one')
    await again?.complete()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['done', 'done', 'delivered'])
  })

  it('says nothing of earlier work that is skipped by taking work in any order', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await send('clerk', 'one', 'two')
    const claims = await clerk.client.claimMessages({ limit: 2, order: 'any' })
    const [one, two] = claims.sort((a, b) => (a.message.seq ?? 0) - (b.message.seq ?? 0))
    await one?.release({ delayMs: 1000 })
    await two?.complete()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['read', 'read'])
    await world.pass(1000)
    const [again] = await clerk.client.claimMessages()
    await again?.complete()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['done', 'done'])
  })

  it('is read only of what was taken, where work is taken in any order', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await alice.client.sendMessage({ to: 'clerk', text: 'one' })
    await alice.client.sendMessage({ to: 'clerk', text: 'two', importance: 'high' })
    await world.pass()
    const [urgent] = await clerk.client.claimMessages({ order: 'any' })
    expect(urgent?.message.text).toBe('two')
    await world.pass()
    expect(await statuses('clerk')).toEqual(['delivered', 'delivered'])
    expect(await clerk.client.listConversations()).toMatchObject([{ unreadCount: 1 }])
    await urgent?.complete()
    const [other] = await clerk.client.claimMessages({ order: 'any' })
    await world.pass()
    expect(await statuses('clerk')).toEqual(['read', 'read'])
    expect(await clerk.client.listConversations()).toMatchObject([{ unreadCount: 0 }])
    await other?.complete()
    await world.pass()
    expect(await statuses('clerk')).toEqual(['done', 'done'])
  })
})

describe('The recipients of a message', () => {
  it('are told apart, each with how far it has come', async () => {
    const bob = await world.join('bob')
    const clerk = await world.join('clerk', { queue: true })
    await world.join('dora')
    const { conversationId } = await alice.client.createGroup({
      title: 'team',
      members: ['bob', 'clerk', 'dora', 'eve'],
    })
    bob.client.onMessage(() => {})
    const { id } = await alice.client.sendMessage({ to: conversationId, text: 'hello' })
    await world.pass()
    const [claim] = await clerk.client.claimMessages()
    await claim?.fail('no')
    await world.pass()
    expect(await alice.client.getRecipients(id)).toEqual([
      { agentId: 'bob', status: 'done' },
      { agentId: 'clerk', status: 'failed' },
      { agentId: 'dora', status: 'delivered' },
      { agentId: 'eve', status: 'accepted' },
    ])
    const [message] = await alice.client.getConversationHistory({ conversationId })
    expect(message?.status).toBe('failed')
    await expect(bob.client.getRecipients(id)).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })
})

describe('A message that expires', () => {
  const inOneSecond = () => new Date(world.clock.now() + 1000).toISOString()

  it('is not begun with by a worker, and is expired for its sender', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await alice.client.sendMessage({ to: 'clerk', text: 'soon', expiresAt: inOneSecond() })
    await send('clerk', 'next')
    await world.pass(1000)
    expect(await statuses('clerk')).toEqual(['expired', 'delivered'])
    expect((await clerk.client.getPendingMessages()).map(({ text }) => text)).toEqual(['next'])
    const begun: string[] = []
    clerk.client.processPending(({ text }) => void begun.push(text))
    await world.pass()
    expect(begun).toEqual(['next'])
    expect(await statuses('clerk')).toEqual(['expired', 'done'])
    expect(await clerk.client.listDeadLetters()).toMatchObject([{ kind: 'pending', message: { text: 'soon' } }])
    await clerk.client.redriveDeadLetters()
    await world.pass()
    expect(begun).toEqual(['next', 'soon'])
    expect(await statuses('clerk')).toEqual(['done', 'done'])
  })

  it('is not begun with by a handler either', async () => {
    const bob = await world.join('bob')
    await alice.client.sendMessage({ to: 'bob', text: 'soon', expiresAt: inOneSecond() })
    await send('bob', 'next')
    await world.pass(1000)
    const begun: string[] = []
    bob.client.onMessage(({ text }) => void begun.push(text))
    await world.pass()
    expect(begun).toEqual(['next'])
    expect(await statuses('bob')).toEqual(['expired', 'done'])
    expect(await bob.client.listConversations()).toMatchObject([{ unreadCount: 0 }])
  })

  it('is worked on to its end where it was begun with in time', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await alice.client.sendMessage({ to: 'clerk', text: 'soon', expiresAt: inOneSecond() })
    await world.pass()
    const [claim] = await clerk.client.claimMessages()
    await world.pass(5000)
    expect(await statuses('clerk')).toEqual(['read'])
    await claim?.complete('done')
    await world.pass()
    expect(await statuses('clerk')).toEqual(['done'])
  })

  it('has failed where it was begun with and expires before the next attempt', async () => {
    const clients = [await world.join('bob'), await world.join('clerk', { queue: true })].map(({ client }) => client)
    const fail = () => Promise.reject(new Error('not now'))
    clients[0]?.onMessage(fail)
    clients[1]?.processPending(fail)
    const expiresAt = new Date(world.clock.now() + 400).toISOString()
    for (const to of ['bob', 'clerk']) {
      await alice.client.sendMessage({ to, text: 'soon', expiresAt })
      await alice.client.sendMessage({ to, text: 'later' })
      await world.pass()
      expect(await statuses(to)).toEqual(['read', 'delivered'])
    }
    await world.pass(2000)
    for (const to of ['bob', 'clerk']) expect((await statuses(to))[0], to).toBe('failed')
  })

  it('is waited for in vain no longer than until then, though nobody tells of it', async () => {
    const timers = world.clock.waiting
    const expiresAt = new Date(world.clock.now() + 400).toISOString()
    const { id } = await alice.client.sendMessage({ to: 'nobody', text: 'soon', expiresAt })
    let status: string | undefined
    void alice.client.waitForStatus(id, 'expired').then(message => (status = message.status))
    await world.pass(399)
    expect(status).toBeUndefined()
    await world.pass(1)
    expect(status).toBe('expired')
    expect(world.clock.waiting).toBeLessThanOrEqual(timers)
  })

  it('counts as unread once, whoever reads it before it expires', async () => {
    const bob = await world.join('bob')
    const expiresAt = new Date(world.clock.now() + 400).toISOString()
    await alice.client.sendMessage({ to: 'bob', text: 'soon', expiresAt })
    await send('bob', 'second', 'third')
    await bob.client.markRead('alice', 1)
    await world.pass(500)
    bob.client.onMessage(() => new Promise(() => {}))
    await world.pass()
    expect(await bob.client.listConversations()).toMatchObject([{ unreadCount: 1 }])
    expect(await statuses('bob')).toEqual(['failed', 'read', 'delivered'])
  })

  it('is expired for its sender though nobody was there', async () => {
    await alice.client.sendMessage({ to: 'nobody', text: 'soon', expiresAt: inOneSecond() })
    await world.pass()
    expect(await statuses('nobody')).toEqual(['accepted'])
    await world.pass(1000)
    expect(await statuses('nobody')).toEqual(['expired'])
  })
})
