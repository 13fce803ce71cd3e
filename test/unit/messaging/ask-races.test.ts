import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryDisk } from '../../../src/index.ts'
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

describe('What comes beside the answer', () => {
  it('is a message, also where it comes at once with the answer', async () => {
    const bob = await world.join('bob')
    bob.client.onMessage(async (_, { reply }) => {
      await reply('one')
      await reply('two')
    })
    const handled: string[] = []
    alice.client.onMessage(({ text }) => void handled.push(text))
    const asking = alice.client.ask({ to: 'bob', text: 'why?' })
    await world.pass(100)
    expect(await asking).toMatchObject({ answer: { text: 'one' } })
    await world.pass(100)
    expect(handled).toEqual(['two'])
  })
})

describe('A question to a group', () => {
  it('is pending while one has begun, though the others let it expire', async () => {
    const bob = await world.join('bob', { queue: true })
    await world.join('carol', { queue: true })
    const { conversationId } = await alice.client.createGroup({ title: 'team', members: ['bob', 'carol'] })
    const handled: string[] = []
    alice.client.onMessage(({ text }) => void handled.push(text))
    const asking = alice.client.ask({ to: conversationId, text: 'why?', timeoutMs: 5000 })
    await world.pass()
    const [claim] = await bob.client.claimMessages()
    await world.passSteps(3, 2000)
    const { outcome, id } = await asking
    expect(outcome).toBe('pending')
    await claim?.complete('because')
    await world.pass()
    expect(await alice.client.resumeAsk(id)).toMatchObject({ outcome: 'answered', answer: { from: 'bob' } })
    await world.pass(100)
    expect(handled).toEqual([])
  })

  it('fails when the last has given it up, and not before', async () => {
    const bob = await world.join('bob', { queue: true })
    const carol = await world.join('carol', { queue: true })
    const { conversationId } = await alice.client.createGroup({ title: 'team', members: ['bob', 'carol'] })
    const giveUp = async ({ client }: Inhabitant) => {
      const [claim] = await client.claimMessages()
      await claim?.fail('cannot')
      await world.pass()
    }
    const ended: unknown[] = []
    const asking = alice.client.ask({ to: conversationId, text: 'why?' })
    const end = expect(asking).rejects.toMatchObject({ code: 'MESSAGE_WORK_FAILED' })
    asking.catch(error => ended.push(error))
    await world.pass()
    await giveUp(bob)
    expect(ended).toEqual([])
    await giveUp(carol)
    await end
  })
})

describe('A question whose time is over while its asker is away', () => {
  it('has not expired where it was answered in time, and its answer goes to whoever asked', async () => {
    const bob = await world.join('bob', { queue: true })
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs: 5000 })
    const closed = expect(asking).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await world.pass()
    await alice.client.close()
    await closed
    const [claim] = await bob.client.claimMessages()
    await claim?.complete('because')
    await world.passSteps(5, 2000)
    const again = world.client('alice', {}, alice.disk)
    const [told, handled]: string[][] = [[], []]
    again.client.on('status', ({ status }) => void told?.push(status))
    again.client.onMessage(({ text }) => void handled?.push(text))
    const resumed = again.client.resumeAsk('q1')
    await world.pass()
    await again.client.connect()
    await world.pass(100)
    expect(await resumed).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    expect([told, handled]).toEqual([[], []])
  })

  it('is pending while that cannot be known, and expired when it is', async () => {
    await world.stopServer()
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs: 5000 })
    await world.passSteps(3, 2000)
    expect(await asking).toMatchObject({ outcome: 'pending' })
    const resumed = alice.client.resumeAsk('q1')
    await world.startServer()
    await world.passSteps(10, 1000)
    expect(await resumed).toMatchObject({ outcome: 'expired' })
    expect(await alice.client.listAsks()).toEqual([])
  })
})

describe('A time to wait that is none', () => {
  it('is refused, and nothing is stored', async () => {
    const timeouts = [Number.NaN, 0, -1, Number.POSITIVE_INFINITY, 1e300, '5' as unknown as number]
    for (const timeoutMs of timeouts) {
      await expect(alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs })).rejects.toThrow('timeoutMs must')
      await expect(alice.client.resumeAsk('q1', { timeoutMs })).rejects.toThrow('timeoutMs must')
    }
    expect(await alice.client.listAsks()).toEqual([])
  })
})

describe('A question that has expired and is not waited for', () => {
  it('is told of once, however often its asker is started anew', async () => {
    const stop = new AbortController()
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs: 5000, signal: stop.signal })
    const aborted = expect(asking).rejects.toThrow('enough')
    await world.pass()
    stop.abort(new Error('enough'))
    await aborted
    const told: string[] = []
    let { client } = alice
    for (let turn = 0; turn < 3; turn++) {
      client.on('status', ({ status }) => void told.push(status))
      await world.passSteps(3, 2000)
      await client.close()
      client = (await world.join('alice', {}, alice.disk)).client
    }
    expect(told).toEqual(['expired'])
    expect(await client.resumeAsk('q1')).toMatchObject({ outcome: 'expired' })
    expect(await client.listAsks()).toEqual([])
  })
})

describe('A question asked by a handler of the same conversation', () => {
  it('says that a program says it, and why, as everything that the handler sends', async () => {
    const bob = await world.join('bob')
    const seen: unknown[] = []
    bob.client.onMessage(async ({ text, auto, hop, causationId }, { reply }) => {
      if (text !== 'why?') return
      seen.push({ auto, hop, causationId })
      await reply('because')
    })
    const answers: string[] = []
    alice.client.onMessage(async () => {
      const result = await alice.client.ask({ to: 'bob', text: 'why?' })
      if ('answer' in result) answers.push(result.answer.text)
    })
    await bob.client.sendMessage({ id: 'm1', to: 'alice', text: 'hello' })
    await world.passSteps(3, 100)
    expect(answers).toEqual(['because'])
    expect(seen).toEqual([{ auto: true, hop: 1, causationId: 'm1' }])
  })
})

describe('The answer to a digital employee', () => {
  it('reaches no handler that is busy with a message before it when the answer is taken', async () => {
    const boss = await world.join('boss', { queue: true })
    const bob = await world.join('bob')
    bob.client.onMessage(async (_, { reply }) => void (await reply('because')))
    const handled: string[] = []
    boss.client.onMessage(async ({ text }) => {
      handled.push(text)
      await new Promise<void>(resolve => world.clock.schedule(resolve, 3000))
    })
    await bob.client.sendMessage({ to: 'boss', text: 'hello' })
    await world.pass()
    const asking = boss.client.ask({ to: 'bob', text: 'why?' })
    await world.pass(100)
    expect(await asking).toMatchObject({ answer: { text: 'because' } })
    await world.passSteps(5, 2000)
    expect(handled).toEqual(['hello'])
  })
})

describe('An id that was asked before', () => {
  it('is refused for a question to somebody else, whose answer would be another one', async () => {
    const bob = await world.join('bob')
    bob.client.onMessage(async (_, { reply }) => void (await reply('because')))
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?' })
    await world.pass()
    await asking
    const other = { id: 'q1', to: 'carol', text: 'how?' }
    await expect(alice.client.ask(other)).rejects.toMatchObject({ code: 'ID_INVALID' })
    expect(await alice.client.listAsks()).toEqual([])
  })
})

describe('Two who wait for one answer', () => {
  it('both have it, whoever takes it first', async () => {
    const bob = await world.join('bob', { queue: true })
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs: 60_000 })
    await world.pass()
    const waits = [asking, alice.client.resumeAsk('q1'), alice.client.resumeAsk('q1')]
    await world.pass()
    const [claim] = await bob.client.claimMessages()
    await claim?.complete('because')
    await world.passSteps(3, 100)
    for (const wait of waits) expect(await wait).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
  })
})

describe('Two replies that were stored just before their process ended', () => {
  it.each([true, false])('are the answer and a message, though neither was noted (queue: %s)', async queue => {
    const disk = memoryDisk()
    const bob = await world.join('bob')
    const first = await world.join('asker', { queue }, disk)
    const stop = new AbortController()
    const asking = first.client.ask({ id: 'q1', to: 'bob', text: 'why?', timeoutMs: 600_000, signal: stop.signal })
    const aborted = expect(asking).rejects.toThrow('enough')
    await world.pass()
    stop.abort(new Error('enough'))
    await aborted
    await first.client.close()
    for (const text of ['one', 'two']) await bob.client.sendMessage({ to: 'asker', text, replyTo: 'q1' })
    await world.pass()
    const dying = mortalClient(world, { agentId: 'asker', disk, writes: Number.POSITIVE_INFINITY })
    let noted = 0
    dying.onWrite(batch => {
      if (batch.some(({ key: [collection] }) => collection === 'awaited')) noted += 1
      return noted === 0 // what would note the answer is not written any more
    })
    void dying.client.connect()
    await world.passSteps(3, 100)
    dying.kill()
    expect(noted).toBeGreaterThan(0)
    const again = await world.join('asker', {}, disk)
    const handled: string[] = []
    if (queue) again.client.processPending(({ text }) => void handled.push(text))
    else again.client.onMessage(({ text }) => void handled.push(text))
    await world.passSteps(3, 100)
    expect(await again.client.resumeAsk('q1')).toMatchObject({ answer: { text: 'one' } })
    await world.passSteps(3, 100)
    expect(handled).toEqual(['two'])
    expect(await again.client.listAsks()).toEqual([])
  })
})
