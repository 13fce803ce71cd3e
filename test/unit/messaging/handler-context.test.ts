import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HandlerContext, Message } from '../../../src/index.ts'
import { failingStorage } from '../../support/failing-storage.ts'
import { mortalClient } from '../../support/mortal-client.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
})
afterEach(() => world.end())

async function answersTo(contactId: string): Promise<Message[]> {
  const history = await alice.client.getConversationHistory({ contactId, limit: 100 })
  return history.filter(({ from }) => from === contactId)
}

const textsFrom = async (contactId: string) => (await answersTo(contactId)).map(({ text }) => text)

describe('A reply', () => {
  it('of a handler answers the message, and says where it comes from', async () => {
    const bob = await world.join('bob')
    bob.client.onMessage(async ({ text }, { reply }) => {
      await reply({ text: `${text}?`, data: new Date(0) })
    })
    const question = await alice.client.sendMessage({ to: 'bob', text: 'well' })
    await world.pass()
    const [answer] = await answersTo('bob')
    expect(answer).toMatchObject({ text: 'well?', data: new Date(0), replyTo: question.id, auto: true, hop: 1 })
    expect(answer?.causationId).toBe(question.id)
  })

  it('is not sent by an attempt that fails, and comes once however many attempts there are', async () => {
    const bob = await world.join('bob')
    let attempts = 0
    bob.client.onMessage(async (_, context) => {
      attempts = context.attempts
      await context.reply(`attempt ${context.attempts}`)
      if (context.attempts < 3) throw new Error('not yet')
    })
    await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass()
    expect(await textsFrom('bob')).toEqual([])
    await world.pass(10_000)
    expect(attempts).toBe(3)
    expect(await textsFrom('bob')).toEqual(['attempt 3'])
  })

  it('of several handlers is one of each, and several of one come in order', async () => {
    const bob = await world.join('bob')
    bob.client.onMessage(async (_, { reply }) => void (await Promise.all([reply('a1'), reply('a2')])))
    bob.client.onMessage((_, { reply }) => void reply('b'))
    await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass()
    expect(await textsFrom('bob')).toEqual(['a1', 'a2', 'b'])
  })

  it('is not passed over when it cannot be stored and the next message was handled meanwhile', async () => {
    const storage = failingStorage()
    const bob = await world.join('bob', { storage })
    const write = storage.write.bind(storage)
    let runs = 0
    storage.write = batch => {
      if (runs === 1 && batch.some(({ key: [collection] }) => collection === 'outbox')) storage.failures = 1
      return write(batch)
    }
    bob.client.onMessage(async ({ text }, { reply }) => {
      runs += 1
      await reply(`${text}?`)
    })
    for (const text of ['first', 'second']) await alice.client.sendMessage({ to: 'bob', text })
    await world.pass()
    await world.pass(5000)
    expect(await textsFrom('bob')).toEqual(['first?', 'second?'])
  })

  it('is refused once the handler has ended, and where it is none', async () => {
    const bob = await world.join('bob')
    let kept: HandlerContext | undefined
    let refusal: unknown
    bob.client.onMessage(async (_, context) => {
      kept = context
      refusal = await context.reply({ text: 5 as never }).catch((error: unknown) => error)
    })
    await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass()
    expect(refusal).toBeInstanceOf(TypeError)
    await expect(kept?.reply('late')).rejects.toBeInstanceOf(TypeError)
    await world.pass()
    expect(await textsFrom('bob')).toEqual([])
  })

  it('to each of two senders who gave their messages the same id is one of its own', async () => {
    const carol = await world.join('carol')
    const bob = await world.join('bob')
    for (const { client } of [alice, carol]) await client.sendMessage({ to: 'bob', text: 'hello', id: 'order-1' })
    await world.pass()
    bob.client.onMessage(({ from }, { reply }) => void reply(`hello ${from}`))
    await world.pass()
    expect(bob.errors).toEqual([])
    expect(await textsFrom('bob')).toEqual(['hello alice'])
    const history = await carol.client.getConversationHistory({ contactId: 'bob' })
    expect(history.map(({ text }) => text)).toEqual(['hello', 'hello carol'])
  })

  it('of a handler is another one than that of a worker', async () => {
    const bob = await world.join('bob', { queue: true })
    bob.client.onMessage((_, { reply }) => void reply('seen'))
    bob.client.processPending((_, { reply }) => void reply('worked on'))
    await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass()
    expect((await textsFrom('bob')).sort()).toEqual(['seen', 'worked on'])
  })

  it('to a group goes to the group', async () => {
    const bob = await world.join('bob')
    const group = await alice.client.createGroup({ title: 'team', members: ['bob'] })
    bob.client.onMessage((_, { reply }) => void reply('here'))
    await alice.client.sendMessage({ to: group.conversationId, text: 'roll call' })
    await world.pass()
    const history = await alice.client.getConversationHistory(group)
    expect(history.map(({ text }) => text)).toEqual(['roll call', 'here'])
  })
})

describe('A reply of a worker', () => {
  it('is stored together with the end of the work, or not at all', async () => {
    const storage = failingStorage()
    const clerk = await world.join('clerk', { queue: true, storage })
    const write = storage.write.bind(storage)
    storage.write = batch => {
      if (batch.some(({ key: [collection] }) => collection === 'outbox') && runs === 1) storage.failures = 1
      return write(batch)
    }
    let runs = 0
    clerk.client.processPending(async (_, { reply }) => {
      runs += 1
      await reply(`run ${runs}`)
    })
    await alice.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    expect(await textsFrom('clerk')).toEqual([])
    expect(await clerk.client.stats()).toMatchObject({ outbox: 0, pending: 1 })
    await world.pass(5000)
    expect(runs).toBe(2)
    expect(await textsFrom('clerk')).toEqual(['run 2'])
    expect(await clerk.client.stats()).toMatchObject({ outbox: 0, pending: 0 })
  })

  it('comes once, when the worker dies at every write in turn', async () => {
    for (let round = 0; round <= 12; round++) {
      const name = `clerk-${round}`
      const first = await world.join(name, { queue: true })
      await alice.client.sendMessage({ to: name, text: 'work' })
      await world.pass()
      await first.client.close()
      const owner = mortalClient(world, { agentId: name, disk: first.disk, writes: round })
      owner.client.processPending((_, { reply }) => void reply('done'))
      void owner.client.connect().catch(() => {})
      await world.pass()
      owner.kill()
      world.network.cut()
      const again = world.client(name, {}, first.disk)
      again.client.processPending((_, { reply }) => void reply('done again'))
      void again.client.connect()
      for (let turn = 0; turn < 10; turn++) await world.pass(1000)
      expect(await answersTo(name), `after ${round} writes`).toHaveLength(1)
    }
  })

  it('is not sent by one who has lost the lease', async () => {
    const clerk = await world.join('clerk', { queue: true })
    await alice.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    const [late] = await clerk.client.claimMessages({ leaseMs: 1000, renew: false })
    await world.pass(1001)
    const [next] = await clerk.client.claimMessages()
    await expect(late?.complete('too late')).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
    await next?.complete({ text: 'in time' })
    await world.pass()
    expect(await textsFrom('clerk')).toEqual(['in time'])
  })

  it('does not come twice when the work is redriven', async () => {
    const clerk = await world.join('clerk', { queue: true })
    let runs = 0
    const worker = clerk.client.processPending(
      async (_, { reply, progress }) => {
        runs += 1
        await progress(`begun ${runs}`)
        await reply(`done ${runs}`)
        if (runs === 1) throw new Error('no')
      },
      { maxAttempts: 1 },
    )
    await alice.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    expect(await textsFrom('clerk')).toEqual(['begun 1'])
    await clerk.client.redriveDeadLetters()
    await world.pass()
    await worker.stop()
    expect(await textsFrom('clerk')).toEqual(['begun 1', 'done 2'])
  })
})

describe('A worker that never ends', () => {
  it('learns by its signal that the client was closed, and leaves no timer', async () => {
    const timers = world.clock.waiting
    const clerk = await world.join('clerk', { queue: true })
    let reason: unknown
    clerk.client.processPending(async (_, { signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      await new Promise(() => {})
    })
    await alice.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    const closing = clerk.client.close()
    await world.pass(1)
    await closing
    await world.pass(60_000)
    expect(reason).toMatchObject({ code: 'STORAGE_CLOSED' })
    expect(world.clock.waiting).toBeLessThanOrEqual(timers)
  })
})

describe('News of progress', () => {
  it('goes out at once, is no work for a queue, and comes once however often the handler runs', async () => {
    const boss = await world.join('boss', { queue: true })
    const clerk = await world.join('clerk', { queue: true })
    clerk.client.processPending(async (_, { progress, attempts, reply }) => {
      await progress('half')
      await reply('whole')
      if (attempts < 2) throw new Error('again')
    })
    await boss.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    const history = async () => (await boss.client.getConversationHistory({ contactId: 'clerk' })).map(m => m.text)
    expect(await history()).toEqual(['work', 'half'])
    await world.pass(5000)
    expect(await history()).toEqual(['work', 'half', 'whole'])
    const pending = await boss.client.getPendingMessages()
    expect(pending.map(({ text }) => text)).toEqual(['whole'])
  })
})
