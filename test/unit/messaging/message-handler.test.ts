import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failingStorage } from '../../support/failing-storage.ts'
import { World } from '../../support/world.ts'

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
})
