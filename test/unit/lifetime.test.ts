import type { IMClient, Message } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inhabitant, World } from '../support/world.ts'

let world: World
let alice: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
})
afterEach(() => world.end())

/** Work that a test lets go on. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { open: () => open(), opened }
}

/** What a call came to: `done`, or the code of its error. */
const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    error => error.code,
  )

async function textsInOutbox({ disk }: Inhabitant, agentId: string): Promise<string[]> {
  const { client } = world.client(agentId, {}, disk)
  return (await client.getConversationHistory({ contactId: 'alice' })).map(({ text }) => text)
}

describe('A client that closes while a handler runs', () => {
  type Register = (client: IMClient, handler: (message: Message) => Promise<void>) => void
  it.each<[string, boolean, Register]>([
    ['a handler of messages', false, (client, handler) => void client.onMessage(handler)],
    ['a worker on the queue', true, (client, handler) => void client.processPending(handler)],
  ])(
    'takes what %s still sends, durably, and offers the message that was answered no more',
    async (_, queue, register) => {
      const bob = await world.join('bob', { closeGraceMs: 1000, queue })
      const { open, opened } = gate()
      const outcomes: unknown[] = []
      register(bob.client, async ({ from }) => {
        await opened
        outcomes.push(await outcome(bob.client.sendMessage({ to: from, text: 'answer' })))
        outcomes.push(await outcome(bob.client.getConversationHistory({ contactId: from })))
      })
      await alice.client.sendMessage({ to: 'bob', text: 'question' })
      await world.pass()
      const closing = bob.client.close()
      await world.pass(500)
      open()
      await world.pass()
      await closing
      expect(outcomes).toEqual(['done', 'done'])
      expect(await textsInOutbox(bob, 'bob')).toEqual(['question', 'answer'])
      const again = world.client('bob', {}, bob.disk)
      const offered: string[] = []
      register(again.client, async ({ text }) => void offered.push(text))
      await world.pass(10_000)
      expect(offered).toEqual([])
    },
  )

  it('begins no new work, and says so', async () => {
    const bob = await world.join('bob', { closeGraceMs: 1000, queue: true })
    const outcomes: unknown[] = []
    const { open, opened } = gate()
    bob.client.processPending(async () => {
      await opened
      outcomes.push(await outcome(bob.client.claimMessages()), await outcome(bob.client.connect()))
      bob.client.onMessage(() => {})
    })
    await alice.client.sendMessage({ to: 'bob', text: 'one' })
    await world.pass()
    const closing = bob.client.close()
    await world.pass()
    open()
    await world.pass()
    await closing
    expect(outcomes[0]).toBe('CLIENT_CLOSED')
    expect(bob.errors.map(({ code }) => code)).toEqual(['CLIENT_CLOSED'])
  })

  it('refuses what comes after the grace, and what comes while no handler runs', async () => {
    const bob = await world.join('bob', { closeGraceMs: 1000 })
    const outcomes: unknown[] = []
    const { open, opened } = gate()
    bob.client.onMessage(async ({ from }) => {
      await opened
      outcomes.push(await outcome(bob.client.sendMessage({ to: from, text: 'too late' })))
    })
    await alice.client.sendMessage({ to: 'bob', text: 'question' })
    await world.pass()
    const closing = bob.client.close()
    await world.pass(1001)
    await closing
    open()
    await world.pass()
    expect(outcomes).toEqual(['CLIENT_CLOSED'])
    expect(await textsInOutbox(bob, 'bob')).toEqual(['question'])

    const idle = alice.client.close()
    expect(await outcome(alice.client.sendMessage({ to: 'bob', text: 'at once' }))).toBe('CLIENT_CLOSED')
    await idle
  })
})
