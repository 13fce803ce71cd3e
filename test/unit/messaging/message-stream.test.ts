import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

async function readAll({ client }: Inhabitant): Promise<string[]> {
  const texts: string[] = []
  for await (const { text } of client.messages()) texts.push(text)
  return texts
}

describe('Messages as an iterator', () => {
  it('end when the client is closed', async () => {
    const alice = await world.join('alice')
    const bob = await world.join('bob')
    const reading = readAll(bob)
    await alice.client.sendMessage({ to: 'bob', text: 'one' })
    await world.pass()
    await bob.client.close()
    expect(await reading).toEqual(['one'])
  })

  it('end when a client is closed that was never connected, and are none once it is', async () => {
    const alice = world.client('alice')
    const reading = readAll(alice)
    await world.pass()
    await alice.client.close()
    expect(await reading).toEqual([])
    expect(await readAll(alice)).toEqual([])
  })
})
