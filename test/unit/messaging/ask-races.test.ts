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

async function passSteps(steps: number, milliseconds: number): Promise<void> {
  for (let step = 0; step < steps; step++) await world.pass(milliseconds)
}

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
    await passSteps(3, 2000)
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
    await passSteps(5, 2000)
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
    await passSteps(3, 2000)
    expect(await asking).toMatchObject({ outcome: 'pending' })
    const resumed = alice.client.resumeAsk('q1')
    await world.startServer()
    await passSteps(10, 1000)
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
