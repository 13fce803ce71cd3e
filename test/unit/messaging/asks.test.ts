import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AskResult, type MemoryDisk, type MessageHandlerFunction, memoryDisk } from '../../../src/index.ts'
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

async function passSteps(steps: number, milliseconds: number): Promise<void> {
  for (let step = 0; step < steps; step++) await world.pass(milliseconds)
}

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
    await passSteps(3, 2000)
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
    await passSteps(3, 2000)
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
    await passSteps(20, 1000)
    expect(await asking).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    expect(news).toEqual(['part 1', 'part 2', 'part 3', 'part 4'])
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

  it('of a digital employee takes its answer out of the queue', async () => {
    const boss = await world.join('boss', { queue: true })
    await answerer(async (_, { reply }) => void (await reply('because')))
    const asking = boss.client.ask({ to: 'bob', text: 'why?' })
    await world.pass()
    expect(await asking).toMatchObject({ answer: { text: 'because' } })
    expect(await boss.client.getPendingMessages()).toEqual([])
  })
})

/** Lives until it dies at a write, is started again, and ends when the question is answered. */
async function askThrough(name: string, disk: MemoryDisk, writes: number): Promise<AskResult[]> {
  const results: AskResult[] = []
  const question = { id: `question-of-${name}`, to: `answerer-of-${name}`, text: 'why?', timeoutMs: 600_000 }
  const first = mortalClient(world, { agentId: name, disk, writes })
  void first.client.connect().catch(() => {})
  first.client.ask(question).then(
    result => results.push(result),
    () => {}, // it has died
  )
  await passSteps(5, 100)
  first.kill()
  world.network.cut()
  const second = world.client(name, {}, disk)
  const handled: string[] = []
  second.client.onMessage(({ text }) => void handled.push(text))
  void second.client.connect()
  second.client.ask(question).then(result => results.push(result))
  await passSteps(10, 1000)
  expect(handled, `handlers, after ${writes} writes`).toEqual([])
  return results
}

describe('One answer, delivered once', () => {
  it('when the asker dies at every write in turn', async () => {
    for (let writes = 0; writes <= 10; writes++) {
      const name = `asker-${writes}`
      const bob = await world.join(`answerer-of-${name}`)
      let asked = 0
      bob.client.onMessage((_, { reply }) => {
        asked += 1
        void reply('because')
      })
      const results = await askThrough(name, memoryDisk(), writes)
      expect(asked, `after ${writes} writes`).toBe(1)
      expect(results.length, `after ${writes} writes`).toBeGreaterThan(0)
      for (const result of results) expect(result).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    }
  })

  it('when the answerer dies at every write in turn', async () => {
    for (const queue of [false, true]) {
      for (let writes = 0; writes <= 10; writes++) {
        const name = `bob-${writes}-${queue}`
        const start = (client: Inhabitant['client']) => {
          if (queue) client.processPending((_, { reply }) => void reply('because'))
          else client.onMessage((_, { reply }) => void reply('because'))
          void client.connect().catch(() => {})
        }
        const disk = memoryDisk()
        const first = mortalClient(world, { agentId: name, disk, writes }, { queue })
        start(first.client)
        const asking = alice.client.ask({ to: name, text: 'why?', timeoutMs: 600_000 })
        await passSteps(5, 100)
        first.kill()
        world.network.cut()
        const second = world.client(name, { queue }, disk)
        start(second.client)
        await passSteps(10, 1000)
        expect(await asking).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
        const history = await alice.client.getConversationHistory({ contactId: name })
        expect(
          history.filter(({ from }) => from === name),
          `after ${writes} writes`,
        ).toHaveLength(1)
      }
    }
  })

  it('when the server is started anew at every step', async () => {
    const disk = memoryDisk()
    await world.stopServer()
    await world.startServer({}, disk)
    await passSteps(10, 1000)
    const bob = await answerer((_, { reply }) => void reply('because'))
    for (let turn = 0; turn < 12; turn++) {
      const asking = alice.client.ask({ to: 'bob', text: `why ${turn}?`, timeoutMs: 600_000 })
      for (let step = 0; step < turn; step++) await Promise.resolve()
      const stopped = world.stopServer()
      await world.pass(1000)
      await stopped
      await world.startServer({}, disk)
      await passSteps(30, 1000)
      expect(await asking).toMatchObject({ outcome: 'answered', question: { text: `why ${turn}?` } })
    }
    const history = await alice.client.getConversationHistory({ contactId: 'bob' })
    expect(history.filter(({ from }) => from === 'bob')).toHaveLength(12)
    await bob.client.close()
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
