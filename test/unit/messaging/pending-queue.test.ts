import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failingStorage } from '../../support/failing-storage.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
let worker: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
  worker = await world.join('worker', { queue: true })
})
afterEach(() => world.end())

async function ask(...texts: string[]): Promise<void> {
  for (const text of texts) await alice.client.sendMessage({ to: 'worker', text })
  await world.pass()
}

const pendingTexts = async (inhabitant: Inhabitant) =>
  (await inhabitant.client.getPendingMessages()).map(message => message.text)

describe('Pending queue', () => {
  it('holds every message until it is completed, and survives a restart', async () => {
    await ask('one', 'two')
    expect(await pendingTexts(worker)).toEqual(['one', 'two'])
    expect(await pendingTexts(worker)).toEqual(['one', 'two'])
    await worker.client.close()
    const again = world.client('worker', {}, worker.disk)
    expect(await pendingTexts(again)).toEqual(['one', 'two'])
    const [claimed] = await again.client.claimMessages()
    expect(claimed?.message.text).toBe('one')
    await claimed?.complete()
    expect(await pendingTexts(again)).toEqual(['two'])
  })

  it('holds a message as its sender has changed it meanwhile', async () => {
    const { id } = await alice.client.sendMessage({ to: 'worker', text: 'before' })
    await alice.client.editMessage(id, { text: 'after' })
    await world.pass()
    expect(await pendingTexts(worker)).toEqual(['after'])
    const [claimed] = await worker.client.claimMessages()
    expect(claimed?.message.text).toBe('after')
  })

  it('keeps the order of a conversation: nothing is claimed behind what is being worked on', async () => {
    await ask('one', 'two')
    const [first] = await worker.client.claimMessages({ limit: 10 })
    expect(first?.message.text).toBe('one')
    expect(await worker.client.claimMessages({ limit: 10 })).toEqual([])
    await first?.complete()
    const [second] = await worker.client.claimMessages({ limit: 10 })
    expect(second?.message.text).toBe('two')
  })

  it('refuses a worker whose lease has lapsed, and gives the work to the next', async () => {
    await ask('one')
    const [late] = await worker.client.claimMessages({ leaseMs: 1000, renew: false })
    await world.pass(1001)
    await expect(late?.complete()).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
    const [next] = await worker.client.claimMessages({ leaseMs: 1000, renew: false })
    expect(next?.attempts).toBe(2)
    await expect(late?.complete()).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
    await next?.complete()
    expect(await pendingTexts(worker)).toEqual([])
  })

  it('keeps a lease that its process renews, until the attempt has taken too long', async () => {
    await ask('one')
    const [claim] = await worker.client.claimMessages({ leaseMs: 1000, attemptMs: 10_000 })
    for (let second = 1; second < 10; second++) {
      await world.pass(1000)
      expect(await worker.client.claimMessages()).toEqual([])
    }
    expect(claim?.signal.aborted).toBe(false)
    await world.pass(1000)
    expect(claim?.signal.reason).toMatchObject({ code: 'QUEUE_ATTEMPT_TIMEOUT' })
    await expect(claim?.complete()).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
    const [next] = await worker.client.claimMessages()
    expect(next?.attempts).toBe(2)
  })

  it('lets a claim without renewal be taken up by its token, after a restart too, and by nobody without it', async () => {
    await ask('one')
    const [claim] = await worker.client.claimMessages({ leaseMs: 10_000, renew: false })
    await worker.client.close()
    const again = world.client('worker', {}, worker.disk)
    expect(await again.client.claimMessages()).toEqual([])
    await expect(again.client.resumeClaim('another')).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
    const resumed = await again.client.resumeClaim(claim?.token ?? '')
    expect(resumed.message.text).toBe('one')
    await resumed.complete()
    expect(await pendingTexts(again)).toEqual([])
  })

  it('takes several messages of a conversation at once where any order will do', async () => {
    await ask('one', 'two', 'three')
    const [first] = await worker.client.claimMessages({ order: 'any' })
    expect(first?.message.text).toBe('one')
    expect(await worker.client.claimMessages({ limit: 10 })).toEqual([])
    const others = await worker.client.claimMessages({ limit: 10, order: 'any', conversationId: 'alice' })
    expect(others.map(({ message }) => message.text)).toEqual(['two', 'three'])
    const claimed = await worker.client.getPendingMessages({ state: 'claimed' })
    expect(claimed).toHaveLength(3)
    expect(await worker.client.getPendingMessages({ conversationId: 'bob' })).toEqual([])
  })

  it('refuses times and limits that are none', async () => {
    await expect(worker.client.claimMessages({ leaseMs: Number.NaN })).rejects.toBeInstanceOf(TypeError)
    await expect(worker.client.claimMessages({ limit: 0 })).rejects.toBeInstanceOf(TypeError)
  })

  it('tells the sender that its message is read when it is claimed, not before', async () => {
    const { id } = await alice.client.sendMessage({ to: 'worker', text: 'one' })
    await world.pass()
    expect((await alice.client.waitForStatus(id, 'delivered')).status).toBe('delivered')
    await worker.client.claimMessages()
    await expect(alice.client.waitForStatus(id, 'read')).resolves.toMatchObject({ status: 'read' })
  })
})

describe('Worker', () => {
  it('works on one message of a conversation after the other, and on those that come later', async () => {
    const done: string[] = []
    const running = worker.client.processPending(message => void done.push(message.text))
    await ask('one', 'two')
    await ask('three')
    expect(done).toEqual(['one', 'two', 'three'])
    expect(await pendingTexts(worker)).toEqual([])
    await running.stop()
  })

  it('tries again after a failure with growing pauses, then hands the message to the dead letters', async () => {
    const attempts: number[] = []
    worker.client.processPending(
      (_message, context) => {
        attempts.push(world.clock.now())
        throw new Error(`attempt ${context.attempts}`)
      },
      { maxAttempts: 3 },
    )
    await ask('poison')
    for (let pause = 0; pause < 10; pause++) await world.pass(1000)
    expect(attempts.map(at => at - (attempts[0] ?? 0))).toEqual([0, 1000, 3000])
    expect(await pendingTexts(worker)).toEqual([])
    expect((await worker.client.stats()).deadLetters).toBe(1)
    expect(worker.errors.map(error => error.code)).toEqual(['HANDLER_FAILED', 'HANDLER_FAILED', 'HANDLER_FAILED'])
  })

  it('keeps its lease while the handler runs, however long that is', async () => {
    let finish = () => {}
    const signals: AbortSignal[] = []
    worker.client.processPending(
      (_message, { signal }) => {
        signals.push(signal)
        return new Promise<void>(resolve => {
          finish = resolve
        })
      },
      { leaseMs: 1000 },
    )
    await ask('long')
    for (let step = 0; step < 20; step++) await world.pass(400)
    finish()
    await world.pass()
    expect(signals).toHaveLength(1)
    expect(signals[0]?.aborted).toBe(false)
    expect(await pendingTexts(worker)).toEqual([])
  })

  it('tries again what takes too long, whatever its handler still does, and works on other messages meanwhile', async () => {
    const attempts: string[] = []
    const running = worker.client.processPending(
      ({ text }, { attempts: attempt }) => {
        attempts.push(`${text} ${attempt}`)
        return text === 'stuck' && attempt === 1 ? new Promise(() => {}) : undefined
      },
      { attemptMs: 5000 },
    )
    await ask('stuck', 'next')
    await world.pass(5000)
    expect(attempts).toEqual(['stuck 1', 'stuck 2', 'next 1'])
    expect(worker.errors.map(({ code }) => code)).toEqual(['HANDLER_FAILED'])
    await running.stop()
  })

  it('goes on after a claim that could not be stored', async () => {
    const storage = failingStorage()
    const clerk = await world.join('clerk', { queue: true, storage })
    await alice.client.sendMessage({ to: 'clerk', text: 'one' })
    await world.pass()
    const done: string[] = []
    storage.failures = 1
    clerk.client.processPending(message => void done.push(message.text))
    await world.pass()
    expect(done).toEqual([])
    await world.pass(5000)
    expect(done).toEqual(['one'])
  })

  it('gives up a message at which every attempt was cut short, without another', async () => {
    await ask('deadly', 'next')
    for (let attempt = 1; attempt <= 2; attempt++) {
      await worker.client.claimMessages({ leaseMs: 1000, renew: false })
      await world.pass(1001)
    }
    const done: string[] = []
    worker.client.processPending(message => void done.push(message.text), { maxAttempts: 2 })
    await world.pass()
    expect(done).toEqual(['next'])
    expect((await worker.client.stats()).deadLetters).toBe(1)
  })

  it('keeps the text of an error as the reason, refuses what is none, and can be read again', async () => {
    await ask('one')
    const [first] = await worker.client.claimMessages()
    await expect(first?.fail(5 as never)).rejects.toBeInstanceOf(TypeError)
    await expect(first?.release({ error: {} as never })).rejects.toBeInstanceOf(TypeError)
    await first?.release({ error: new Error('later') as never })
    const [second] = await worker.client.claimMessages()
    await second?.fail(new Error('broken') as never)
    await worker.client.close()
    const again = world.client('worker', {}, worker.disk)
    expect((await again.client.stats()).deadLetters).toBe(1)
  })

  it('can be opened after an opening that could not be stored', async () => {
    await ask('one')
    await worker.client.claimMessages()
    await worker.client.close()
    const storage = failingStorage(worker.disk)
    const again = world.client('worker', { storage })
    await again.client.open()
    storage.failures = 1
    await expect(again.client.getPendingMessages()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    expect(await pendingTexts(again)).toEqual(['one'])
  })
})

describe('Importance', () => {
  it('lets the conversation with the most important message go first, and keeps its order', async () => {
    const boss = await world.join('boss')
    await ask('one', 'two')
    await boss.client.sendMessage({ to: 'worker', text: 'by the way', importance: 'low' })
    await boss.client.sendMessage({ to: 'worker', text: 'the house is on fire', importance: 'high' })
    await world.pass()
    const urgent = await worker.client.getPendingMessages({ importance: 'high' })
    expect(urgent.map(({ text }) => text)).toEqual(['the house is on fire'])
    const order: string[] = []
    for (let left = 4; left > 0; left--) {
      const [claimed] = await worker.client.claimMessages()
      order.push(claimed?.message.text ?? '')
      await claimed?.complete()
    }
    expect(order).toEqual(['by the way', 'the house is on fire', 'one', 'two'])
  })
})
