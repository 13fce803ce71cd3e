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
