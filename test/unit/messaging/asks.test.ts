import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MessageHandlerFunction } from '../../../src/index.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
})
afterEach(() => world.end())

async function answerer(handler: MessageHandlerFunction): Promise<Inhabitant> {
  const bob = await world.join('bob')
  bob.client.onMessage(handler)
  return bob
}

describe('A question', () => {
  it('is answered by a reply, which goes to whoever asked and to no handler', async () => {
    await answerer(async ({ text, expectsReply }, { reply }) => void (await reply(`${text} ${expectsReply}`)))
    const handled: string[] = []
    alice.client.onMessage(({ text }) => void handled.push(text))
    const asking = alice.client.ask({ to: 'bob', text: 'why?', data: { n: 1n } })
    await world.pass()
    const result = await asking
    expect(result).toMatchObject({ outcome: 'answered', answer: { text: 'why? true' }, question: { data: { n: 1n } } })
    await world.pass(10_000)
    expect(handled).toEqual([])
    expect(await alice.client.listAsks()).toEqual([])
    await expect(alice.client.resumeAsk(result.id)).resolves.toMatchObject({ answer: { text: 'why? true' } })
  })

  it('can be declined', async () => {
    await answerer(async (_, { decline }) => void (await decline('not my business')))
    const asking = alice.client.ask({ to: 'bob', text: 'why?' })
    await world.pass()
    expect(await asking).toMatchObject({ outcome: 'declined', answer: { text: 'not my business' } })
  })

  it('expires where nobody begins with it in time; a late answer is a message, once, with its question', async () => {
    const bob = await world.join('bob', { queue: true })
    const handled: string[] = []
    alice.client.onMessage(({ text, replyTo }) => void handled.push(`${text} ${replyTo}`))
    const asking = alice.client.ask({ to: 'bob', text: 'why?', timeoutMs: 5000 })
    await world.passSteps(3, 2000)
    const { outcome, id } = await asking
    expect(outcome).toBe('expired')
    expect(await bob.client.claimMessages()).toEqual([])
    await bob.client.sendMessage({ to: 'alice', text: 'late', replyTo: id })
    await world.pass(100)
    expect(handled).toEqual([`late ${id}`])
    expect(await alice.client.listAsks()).toEqual([])
  })

  it('is pending while somebody works on it; waiting goes on after a restart, and the answer comes once', async () => {
    const bob = await world.join('bob', { queue: true })
    const asking = alice.client.ask({ to: 'bob', text: 'why?', timeoutMs: 5000 })
    await world.pass()
    const [claim] = await bob.client.claimMessages()
    await world.passSteps(3, 2000)
    const { outcome, id } = await asking
    expect(outcome).toBe('pending')
    await alice.client.close()
    await claim?.complete('because')
    const again = await world.join('alice', {}, alice.disk)
    const handled: string[] = []
    again.client.onMessage(({ text }) => void handled.push(text))
    await world.pass(100)
    expect(await again.client.listAsks()).toMatchObject([{ id, state: 'answered' }])
    expect(await again.client.resumeAsk(id)).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    await world.pass(100)
    expect(handled).toEqual([])
    expect(await again.client.listAsks()).toEqual([])
  })

  it('is waited for longer while news of progress come', async () => {
    const bob = await world.join('bob', { queue: true })
    const news: string[] = []
    const onProgress = ({ text }: { readonly text: string }) => void news.push(text)
    const asking = alice.client.ask({ to: 'bob', text: 'why?', timeoutMs: 5000, onProgress })
    await world.pass()
    bob.client.processPending(async (_, { progress, reply }) => {
      for (let part = 1; part <= 4; part++) {
        await new Promise<void>(resolve => world.clock.schedule(resolve, 3000))
        await progress(`part ${part}`)
      }
      await reply('because')
    })
    await world.passSteps(20, 1000)
    expect(await asking).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    expect(news).toEqual(['part 1', 'part 2', 'part 3', 'part 4'])
    expect(await alice.client.listConversations()).toMatchObject([{ unreadCount: 0 }]) // whoever asked has seen it all
  })

  it('fails where whoever was asked gives it up, and where the server refuses it', async () => {
    const bob = await world.join('bob', { queue: true })
    const asking = alice.client.ask({ to: 'bob', text: 'why?' })
    const failure = expect(asking).rejects.toMatchObject({ code: 'MESSAGE_WORK_FAILED' })
    await world.pass()
    const [claim] = await bob.client.claimMessages()
    await claim?.fail('cannot')
    await world.pass()
    await failure
    const refused = expect(alice.client.ask({ to: 'group-none', text: 'why?' })).rejects.toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
    })
    await world.pass()
    await refused
    expect(await alice.client.listAsks()).toEqual([])
  })

  it('to oneself is refused', async () => {
    await expect(alice.client.ask({ to: 'alice', text: 'why?' })).rejects.toMatchObject({ code: 'ID_INVALID' })
    expect(await alice.client.listAsks()).toEqual([])
  })

  it('with an id of its own is asked once', async () => {
    const asked: string[] = []
    await answerer(async ({ text }, { reply }) => {
      asked.push(text)
      await reply('because')
    })
    const question = { id: 'q1', to: 'bob', text: 'why?' }
    const first = alice.client.ask(question)
    await world.pass()
    const second = alice.client.ask(question)
    await world.pass()
    expect(await first).toMatchObject({ answer: { text: 'because' } })
    expect(await second).toMatchObject({ answer: { text: 'because' } })
    expect(asked).toEqual(['why?'])
  })

  it('stays open when the wait is given up; an unknown one is refused', async () => {
    const stop = new AbortController()
    const asking = alice.client.ask({ id: 'q1', to: 'bob', text: 'why?', signal: stop.signal })
    const aborted = expect(asking).rejects.toThrow('enough')
    await world.pass()
    stop.abort(new Error('enough'))
    await aborted
    expect(await alice.client.listAsks()).toMatchObject([{ id: 'q1', state: 'open' }])
    await expect(alice.client.resumeAsk('q2')).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })

  it('takes the first answer; what comes later is a message', async () => {
    const bob = await answerer(async (_, { reply }) => {
      await reply('one')
      await reply('two')
    })
    const handled: string[] = []
    const asking = alice.client.ask({ to: 'bob', text: 'why?' })
    await world.pass()
    expect(await asking).toMatchObject({ answer: { text: 'one' } })
    alice.client.onMessage(({ text }) => void handled.push(text))
    await world.pass()
    expect(handled).toEqual(['two'])
    await bob.client.close()
  })

  it('that a handler asks says where it comes from', async () => {
    const bob = await world.join('bob', { queue: true })
    alice.client.onMessage(
      async ({ from }) => void (await alice.client.ask({ to: from, text: 'what?', timeoutMs: 1000 })),
    )
    await bob.client.sendMessage({ to: 'alice', text: 'do it' })
    await world.pass()
    expect(await bob.client.getPendingMessages()).toMatchObject([{ text: 'what?', auto: true, hop: 1 }])
    await world.passSteps(3, 1000)
  })

  it('of a digital employee takes its answer out of the queue', async () => {
    const boss = await world.join('boss', { queue: true })
    await answerer(async (_, { reply }) => void (await reply('because')))
    const asking = boss.client.ask({ to: 'bob', text: 'why?' })
    await world.pass()
    expect(await asking).toMatchObject({ answer: { text: 'because' } })
    expect(await boss.client.getPendingMessages()).toEqual([])
  })
})

describe('A message that expires', () => {
  it('is told to its sender when its time is over, after a restart too', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    await alice.client.sendMessage({ id: 'm1', to: 'nobody', text: 'soon', expiresAt })
    const waiting = expect(alice.client.waitForStatus('m1', 'read')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await world.pass()
    await alice.client.close()
    await waiting
    const again = await world.join('alice', {}, alice.disk)
    const told: string[] = []
    again.client.on('status', ({ id, status }) => void told.push(`${id} ${status}`))
    const expired = expect(again.client.waitForStatus('m1', 'done')).rejects.toMatchObject({ code: 'MESSAGE_EXPIRED' })
    await world.pass(30_000)
    expect(told).toEqual([])
    await world.pass(31_000)
    expect(told).toEqual(['m1 expired'])
    await expired
    await expect(again.client.waitForStatus('m1', 'expired')).resolves.toMatchObject({ status: 'expired' })
  })
})
