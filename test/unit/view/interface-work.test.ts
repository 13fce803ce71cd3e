import type { IMClient, Message } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KINDS, type Tested } from '../../support/client-kinds.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

/** What arrived at a client from another, as texts. */
async function textsFrom(client: IMClient, contactId: string): Promise<string[]> {
  const messages = await client.getConversationHistory({ contactId })
  return messages.filter(({ from }) => from === contactId).map(({ text }) => text)
}

describe.each(CLIENT_KINDS)('$name that handles messages', ({ make }) => {
  let tested: Tested
  let bob: Inhabitant
  const say = (text: string) => bob.client.sendMessage({ to: 'alice', text })

  beforeEach(async () => {
    tested = await make(world, 'alice')
    bob = await world.join('bob')
    await tested.client.connect()
  })

  it('handles in order what came before and what comes then, and answers', async () => {
    const { client } = tested
    await say('one')
    await world.pass(10)
    const handled: string[] = []
    client.onMessage(async ({ text }, { reply, attempts, signal }) => {
      handled.push(`${text} ${attempts} ${signal.aborted}`)
      await reply({ text: `re: ${text}`, data: new Set([text]) })
    })
    await say('two')
    await world.pass(10)
    expect(handled).toEqual(['one 1 false', 'two 1 false'])
    expect(await textsFrom(bob.client, 'alice')).toEqual(['re: one', 're: two'])
    expect((await bob.client.getConversationHistory({ contactId: 'alice' })).at(-1)?.data).toEqual(new Set(['two']))
  })

  it('offers a message again whose handler failed, and tells why', async () => {
    const handled: number[] = []
    tested.client.onMessage((_, { attempts, reply }) => {
      handled.push(attempts)
      void reply('too early')
      if (attempts < 3) throw new Error(`failed ${attempts}`)
    })
    await say('hard')
    await world.passSteps(6, 1000)
    expect(handled).toEqual([1, 2, 3])
    expect(tested.errors.map(({ code, cause }) => `${code}: ${(cause as Error).message}`)).toEqual([
      'HANDLER_FAILED: failed 1',
      'HANDLER_FAILED: failed 2',
    ])
    expect(await textsFrom(bob.client, 'alice')).toEqual(['too early'])
  })

  it('does not handle what its handler was taken back for', async () => {
    const handled: string[] = []
    const off = tested.client.onMessage(({ text }) => void handled.push(text))
    await say('one')
    await world.pass(10)
    off()
    await world.pass()
    await say('two')
    await world.pass(10)
    expect(handled).toEqual(['one'])
    tested.client.onMessage(({ text }) => void handled.push(`later ${text}`))
    await world.pass(10)
    expect(handled).toEqual(['one', 'later two'])
  })

  it('refuses what a handler says that has ended', async () => {
    let late = (): Promise<string> => Promise.reject(new Error('never ran'))
    tested.client.onMessage((_, { reply }) => {
      late = () => reply('too late')
    })
    await say('one')
    await world.pass(10)
    await expect(late()).rejects.toThrow(TypeError)
  })

  it('has told all that a handler said before it ended, awaited or not', async () => {
    tested.client.onMessage((_, { reply, progress }) => {
      void progress('half')
      void reply('whole')
    })
    await say('one')
    await world.pass(10)
    expect(await textsFrom(bob.client, 'alice')).toEqual(['half', 'whole'])
    expect(tested.errors).toEqual([])
  })

  it('iterates over messages', async () => {
    const seen: string[] = []
    const loop = (async () => {
      for await (const { text } of tested.client.messages()) seen.push(text)
    })()
    await say('one')
    await say('two')
    await world.pass(10)
    expect(seen).toEqual(['one', 'two'])
    const closing = tested.client.close()
    await world.pass(10)
    await Promise.all([closing, loop])
  })

  it('asks, hears of the work, and gets the answer', async () => {
    const news: string[] = []
    bob.client.onMessage(async (_, { progress, reply }) => {
      await progress('half')
      await reply('42')
    })
    const asked = tested.client.ask({ to: 'bob', text: '6 x 7?', onProgress: ({ text }) => news.push(text) })
    await world.pass(100)
    expect(await asked).toMatchObject({ outcome: 'answered', answer: { text: '42' } })
    expect(news).toEqual(['half'])
    expect(await tested.client.listAsks()).toEqual([])
  })

  it('tells handlers that it closes, and begins with nothing more', async () => {
    const { client } = await make(world, 'carol', { closeGraceMs: 500 })
    await client.connect()
    const carl = await world.join('carl')
    const handled: string[] = []
    client.onMessage(async ({ text }, { signal }) => {
      handled.push(text)
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      handled.push(`${text} ends`)
      await bob.client.sendMessage({ to: 'carol', text: 'too late' })
      await carl.client.sendMessage({ to: 'carol', text: 'too late, too' })
      await new Promise(resolve => world.clock.schedule(() => resolve(undefined), 100))
    })
    await bob.client.sendMessage({ to: 'carol', text: 'one' })
    await world.pass(10)
    const closing = client.close()
    await world.pass(10)
    expect(handled).toEqual(['one', 'one ends'])
    await world.passSteps(6, 100)
    await closing
    expect(handled).toEqual(['one', 'one ends'])
    expect(client.state.name).toBe('closed')
  })

  it('rejects with what was thrown at the news of a question, which stays open', async () => {
    const { client } = tested
    bob.client.onMessage(async (_, { progress }) => void (await progress('half')))
    const onProgress = () => {
      throw new RangeError('of this program')
    }
    const asked = client.ask({ to: 'bob', text: '?', onProgress }).catch((error: unknown) => error)
    await world.pass(100)
    expect(await Promise.race([asked, 'it waits'])).toEqual(new RangeError('of this program'))
    expect(await client.listAsks()).toMatchObject([{ state: 'open' }])
  })

  it('lets handlers that run finish while it closes', async () => {
    const { client } = await make(world, 'carol', { closeGraceMs: 500 })
    await client.connect()
    let finish = () => {}
    client.onMessage(async (message, { reply }) => {
      await new Promise<void>(resolve => {
        finish = resolve
      })
      await client.sendMessage({ to: 'bob', text: `handled ${message.text}` })
      await reply('bye')
    })
    await bob.client.sendMessage({ to: 'carol', text: 'last' })
    await world.pass(10)
    const closing = client.close()
    await world.pass(10)
    finish()
    await world.pass(10)
    await world.pass(600)
    await closing
    expect(await textsFrom(bob.client, 'carol')).toEqual(['handled last', 'bye'])
  })
})

describe.each(CLIENT_KINDS)('$name of a digital employee', ({ make }) => {
  let tested: Tested
  let bob: Inhabitant
  const say = (text: string) => bob.client.sendMessage({ to: 'alice', text })

  beforeEach(async () => {
    tested = await make(world, 'alice', { queue: true })
    bob = await world.join('bob')
    await tested.client.connect()
  })

  it('lists what is pending, claims it, completes it with a result', async () => {
    const { client } = tested
    const { id } = await say('a task')
    await world.pass(10)
    expect(await client.getPendingMessages()).toEqual([expect.objectContaining({ text: 'a task' })])
    const [claim] = await client.claimMessages({ limit: 3, leaseMs: 60_000 })
    expect(claim).toMatchObject({ attempts: 1, token: expect.any(String), message: { text: 'a task' } })
    await claim?.extend()
    await claim?.complete({ text: 'the result', data: new Date(1) })
    await world.pass(10)
    expect(await client.getPendingMessages()).toEqual([])
    expect((await bob.client.getConversationHistory({ contactId: 'alice' })).at(-1)).toMatchObject({
      text: 'the result',
      replyTo: id,
      data: new Date(1),
    })
    await expect(claim?.complete()).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
  })

  it('gives work back, takes it up again by its token, and gives it up', async () => {
    const { client } = tested
    await say('a task')
    await world.pass(10)
    const [first] = await client.claimMessages()
    await first?.release({ error: new Error('not now') })
    const [second] = await client.claimMessages({ renew: false, leaseMs: 60_000 })
    expect(second?.attempts).toBe(2)
    const again = await client.resumeClaim(second?.token ?? '')
    await again.fail(new Error('never'))
    expect(await client.listDeadLetters()).toEqual([expect.objectContaining({ reason: 'never' })])
    expect(await client.redriveDeadLetters()).toBe(1)
    expect(await client.getPendingMessages()).toHaveLength(1)
  })

  it('learns that a lease is lost', async () => {
    const { client } = tested
    await say('a task')
    await world.pass(10)
    const [claim] = await client.claimMessages({ renew: false, leaseMs: 1000 })
    await world.passSteps(3, 1000)
    expect(claim?.signal.aborted).toBe(true)
    expect(claim?.signal.reason).toMatchObject({ code: 'QUEUE_LEASE_LOST' })
  })

  it('works on its queue until it is stopped', async () => {
    const { client } = tested
    const worked: Message[] = []
    const worker = client.processPending(async (message, { reply, attempts }) => {
      if (attempts === 1) throw new Error('once more')
      worked.push(message)
      await reply(`done: ${message.text}`)
    })
    await say('one')
    await say('two')
    await world.passSteps(20, 1000)
    expect(worked.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(await textsFrom(bob.client, 'alice')).toEqual(['done: one', 'done: two'])
    await worker.stop()
    await say('three')
    await world.pass(10)
    expect(await client.getPendingMessages()).toHaveLength(1)
  })
})
