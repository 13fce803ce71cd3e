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
