import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type HeldMessage, type IMClientOptions, IMError, type MessageHandlerFunction } from '../../../src/index.ts'
import { Guard, type GuardBase } from '../../../src/messaging/guard.ts'
import { failingStorage } from '../../support/failing-storage.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

/** An agent that answers everything. */
async function echo(agentId: string, options: Partial<IMClientOptions> = {}, handler?: MessageHandlerFunction) {
  const agent = await world.join(agentId, options)
  const held: HeldMessage[] = []
  agent.client.on('guard', message => held.push(message))
  agent.client.onMessage(handler ?? (async ({ text }, { reply }) => void (await reply(text))))
  return { ...agent, held }
}

async function said(agent: Inhabitant, contactId: string): Promise<number> {
  return (await agent.client.getConversationHistory({ contactId, limit: 1000 })).filter(({ seq }) => seq).length
}

describe('Two agents that answer each other', () => {
  it('stop within the budget and for good, and a person wakes them again', async () => {
    const a = await echo('a')
    const b = await echo('b')
    await a.client.sendMessage({ to: 'b', text: 'hello' })
    await world.passSteps(100, 10)
    const first = await said(a, 'b')
    expect(first).toBeGreaterThan(2)
    expect(first).toBeLessThanOrEqual(21)
    expect([...a.held, ...b.held]).toHaveLength(1)
    await world.passSteps(10, 60_000)
    const later = await said(a, 'b')
    expect(later).toBeLessThanOrEqual(22) // the chain has its length: it does not grow again after the rest
    await a.client.sendMessage({ to: 'b', text: 'go on' })
    await world.passSteps(100, 10)
    expect(await said(a, 'b')).toBeGreaterThan(later + 10)
  })

  it('stop though their handlers send by themselves, without a word of where that comes from', async () => {
    const agents: Inhabitant[] = []
    const naive =
      (name: string): MessageHandlerFunction =>
      async ({ from, text }) => {
        const own = agents.find(agent => agent.client === clients[name])
        await own?.client.sendMessage({ to: from, text })
      }
    const clients: Record<string, Inhabitant['client']> = {}
    for (const name of ['a', 'b']) {
      const agent = await echo(name, {}, naive(name))
      clients[name] = agent.client
      agents.push(agent)
    }
    const [a] = agents as [Inhabitant]
    await a.client.sendMessage({ to: 'b', text: 'hello' })
    await world.passSteps(100, 10)
    expect(await said(a, 'b')).toBeLessThanOrEqual(21)
    await world.passSteps(10, 60_000)
    expect(await said(a, 'b')).toBeLessThanOrEqual(22)
  })

  it('are not told apart from bots that say nothing of being one: quick answers count', async () => {
    const a = await echo('a', { guard: { budget: 6, maxHops: 1000 } })
    const bot = await world.join('bot', { guard: false })
    bot.client.on('message', ({ from, text }) => void bot.client.sendMessage({ to: from, text }))
    await bot.client.sendMessage({ to: 'a', text: 'hello' })
    await world.passSteps(50, 10)
    expect(await said(a, 'bot')).toBeLessThanOrEqual(8)
    expect(a.held).toMatchObject([{ rule: 'budget', conversationId: 'bot' }])
  })

  it('go on for ever where the guard is off', async () => {
    const a = await echo('a', { guard: false })
    await echo('b', { guard: false })
    await a.client.sendMessage({ to: 'b', text: 'hello' })
    await world.passSteps(100, 10)
    expect(await said(a, 'b')).toBeGreaterThan(50)
  })
})

describe('What is held back', () => {
  it('by the budget goes out after the rest, in order; and is there after a restart', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { budget: 2 } })
    const held: HeldMessage[] = []
    a.client.on('guard', message => held.push(message))
    for (const text of ['1', '2', '3', '4']) await a.client.sendMessage({ to: 'bob', text, auto: true })
    await world.pass()
    const texts = async () => (await bob.client.getConversationHistory({ contactId: 'a' })).map(({ text }) => text)
    expect(await texts()).toEqual(['1', '2'])
    expect(held).toMatchObject([{ rule: 'budget' }, { rule: 'budget' }])
    expect(await a.client.listDeadLetters({ kind: 'held' })).toMatchObject([
      { message: { text: '3', status: 'queued' }, code: 'MESSAGE_HELD', until: held[0]?.until },
      { message: { text: '4' } },
    ])
    await a.client.close()
    const again = await world.join('a', { guard: { budget: 2 } }, a.disk)
    again.client.onMessage(() => {})
    await world.pass(30_000)
    expect(await texts()).toEqual(['1', '2'])
    await world.pass(31_000)
    expect(await texts()).toEqual(['1', '2', '3', '4'])
    expect(await again.client.listDeadLetters()).toEqual([])
  })

  it('goes out after a restart of a program that only sends', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { budget: 1 } })
    for (const text of ['1', '2']) await a.client.sendMessage({ to: 'bob', text, auto: true })
    await a.client.close()
    await world.join('a', {}, a.disk)
    await world.pass(61_000)
    const history = await bob.client.getConversationHistory({ contactId: 'a' })
    expect(history.map(({ text }) => text)).toEqual(['1', '2'])
  })

  it('while the client closes is left to the next process', async () => {
    const a = await world.join('a', { guard: { budget: 1 }, closeGraceMs: 1000 })
    a.client.onMessage(async (_, { reply, signal }) => {
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      for (const text of ['1', '2']) await reply(text)
    })
    const bob = await world.join('bob')
    await bob.client.sendMessage({ to: 'a', text: 'hello' })
    await world.pass()
    const closing = a.client.close()
    await world.pass()
    await closing
    await world.pass(200_000)
    expect(a.errors).toEqual([])
    const texts = async () => (await bob.client.getConversationHistory({ contactId: 'a' })).map(({ text }) => text)
    expect(await texts()).not.toContain('2')
    await world.join('a', {}, a.disk)
    await world.pass(1000)
    expect(await texts()).toEqual(['hello', '1', '2'])
  })

  it('is taken up though it could not be read at first', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { budget: 1 } })
    for (const text of ['1', '2']) await a.client.sendMessage({ to: 'bob', text, auto: true })
    await a.client.close()
    const storage = failingStorage(a.disk)
    const list = storage.list.bind(storage)
    let reads = 0
    storage.list = async (prefix, options) => {
      if (prefix[0] === 'dead' && ++reads === 2) throw new IMError('STORAGE_IO', 'The device failed.')
      return list(prefix, options)
    }
    const again = await world.join('a', { storage })
    again.client.onMessage(() => {})
    await world.pass()
    await world.pass(100_000)
    expect(reads).toBeGreaterThan(2)
    const history = await bob.client.getConversationHistory({ contactId: 'a' })
    expect(history.map(({ text }) => text)).toEqual(['1', '2'])
  })

  it('is not overtaken by what is said after it, however often it has to rest', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { budget: 2 } })
    let said = 0
    const say = () => a.client.sendMessage({ to: 'bob', text: String(++said), auto: true })
    for (let count = 0; count < 6; count++) await say()
    await world.pass(59_000)
    for (let step = 0; step < 6; step++) {
      const release = world.pass(500)
      await say()
      await release
    }
    await world.passSteps(20, 60_000)
    const history = await bob.client.getConversationHistory({ contactId: 'a' })
    expect(history.map(({ text }) => text)).toEqual(Array.from({ length: 12 }, (_, index) => String(index + 1)))
  })

  it('rests on after a restart, whatever is said meanwhile and however the clock was set', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { budget: 2 } })
    for (const text of ['1', '2', '3']) await a.client.sendMessage({ to: 'bob', text, auto: true })
    await world.pass()
    await a.client.close()
    world.clock.set(world.clock.now() - 86_400_000)
    const again = await world.join('a', { guard: { budget: 2 } }, a.disk)
    again.client.onMessage(() => {})
    await world.pass()
    await bob.client.sendMessage({ to: 'a', text: 'by itself', auto: true })
    await world.pass(30_000)
    await again.client.sendMessage({ to: 'bob', text: '4', auto: true })
    const texts = async () => (await bob.client.getConversationHistory({ contactId: 'a' })).map(({ text }) => text)
    await world.pass(29_000)
    expect(await texts()).toEqual(['1', '2', 'by itself'])
    await world.pass(70_000)
    expect(await texts()).toEqual(['1', '2', 'by itself', '3', '4'])
  })

  it('is sent when a person redrives it, and gone when it is thrown away', async () => {
    const bob = await world.join('bob')
    const a = await world.join('a', { guard: { maxHops: 3 } })
    for (const text of ['1', '2']) await a.client.sendMessage({ id: text, to: 'bob', text, auto: true, hop: 4 })
    await expect(a.client.waitForStatus('1', 'accepted')).rejects.toMatchObject({ code: 'MESSAGE_HELD' })
    expect(await a.client.redriveDeadLetters({ messageIds: ['1'] })).toBe(1)
    expect(await a.client.purgeDeadLetters()).toBe(1)
    await world.pass(100_000)
    const history = await bob.client.getConversationHistory({ contactId: 'a' })
    expect(history.map(({ text }) => text)).toEqual(['1'])
  })

  it('of two conversations is kept of both, though the messages that it answers have the same id', async () => {
    const b = await echo('b', { guard: { maxHops: 1 } })
    for (const name of ['alice', 'carol']) {
      const { client } = await world.join(name)
      await client.sendMessage({ to: 'b', text: name, id: 'order-1', auto: true, hop: 1 })
      await world.pass()
    }
    const letters = await b.client.listDeadLetters({ kind: 'held' })
    expect(letters.map(({ message }) => message.text)).toEqual(['alice', 'carol'])
  })

  it('is an answer at the end of the longest chain that there is', async () => {
    const b = await echo('b')
    const alice = await world.join('alice', { guard: false })
    await alice.client.sendMessage({ to: 'b', text: 'hello', auto: true, hop: Number.MAX_SAFE_INTEGER })
    await world.pass()
    expect(b.errors).toEqual([])
    expect(b.held).toMatchObject([{ rule: 'hop' }])
  })

  it('is an automatic answer to news of progress', async () => {
    const clerk = await world.join('clerk')
    clerk.client.onMessage(async (_, { progress }) => void (await progress('working')))
    const boss = await echo('boss')
    await boss.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    expect(boss.held).toMatchObject([{ rule: 'receipt', conversationId: 'clerk' }])
    expect(await said(boss, 'clerk')).toBe(2)
  })
})

describe('Work that is claimed by hand', () => {
  it('is answered by a program as well: what is said to its conversation meanwhile counts, and no refusal is answered', async () => {
    const clerk = await world.join('clerk', { queue: true })
    const boss = await world.join('boss')
    const held: HeldMessage[] = []
    clerk.client.on('guard', message => held.push(message))
    await boss.client.sendMessage({ to: 'clerk', text: 'no', replyKind: 'declined' })
    await boss.client.sendMessage({ to: 'clerk', text: 'work' })
    await world.pass()
    const [refusal] = await clerk.client.claimMessages()
    await refusal?.complete('why not?')
    expect(held).toMatchObject([{ rule: 'receipt' }])
    const [work] = await clerk.client.claimMessages()
    expect(await clerk.client.sendMessage({ to: 'boss', text: 'begun' })).toMatchObject({ auto: true, hop: 1 })
    await work?.complete()
    expect(await clerk.client.sendMessage({ to: 'boss', text: 'hi' })).not.toHaveProperty('auto')
  })
})

describe('What is legitimate', () => {
  it('passes: a matter that is handed on fifteen times', async () => {
    const held: HeldMessage[] = []
    for (let number = 1; number <= 15; number++) {
      const agent = await echo(`agent-${number}`, {}, async ({ text }, { send }) => {
        if (number < 15) await send({ to: `agent-${number + 1}`, text: `${text}.` })
      })
      agent.client.on('guard', message => held.push(message))
    }
    const person = await world.join('person')
    await person.client.sendMessage({ to: 'agent-1', text: 'matter' })
    await world.passSteps(20, 1)
    const last = await world.join('agent-15-reader')
    expect(held).toEqual([])
    await last.client.close()
    const [a14] = await person.client.getConversationHistory({ contactId: 'agent-1' })
    expect(a14?.status).toBe('done')
  })

  it('passes: a person who answers an agent at once, many times', async () => {
    const agent = await echo('agent', { guard: { budget: 3 } })
    const person = await world.join('person')
    for (let turn = 0; turn < 20; turn++) {
      await person.client.sendMessage({ to: 'agent', text: `turn ${turn}` })
      await world.pass(1500)
    }
    expect(agent.held).toEqual([])
    expect(await said(person, 'agent')).toBe(40)
  })
})

it('What is never answered is not counted for ever', async () => {
  const { clock } = world
  const base = { agentId: 'me', clock, isOwn: () => false } as unknown as GuardBase
  const guard = new Guard({}, base)
  const added = vi.spyOn(Map.prototype, 'set')
  const news = { type: 'message', conversationId: 'bot', from: 'bot', to: 'me', auto: true } as const
  const note = (seq: number) => guard.note({ ...news, id: `m${seq}`, seq, text: '', sentAt: '', acceptedAt: '' })
  note(1)
  const said = added.mock.contexts.find(map => map instanceof Map && map.has('m1')) as Map<string, number>
  added.mockRestore()
  for (let seq = 2; seq < 100; seq++) note(seq)
  await clock.advance(60_001)
  note(100)
  expect([...said.keys()]).toEqual(['m100'])
})
