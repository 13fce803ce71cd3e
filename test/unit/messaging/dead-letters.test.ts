import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
let worker: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer({ limits: { textLength: 10 } })
  alice = await world.join('alice')
  worker = await world.join('worker', { queue: true })
})
afterEach(() => world.end())

/** Alice sends, and the worker gives it up. */
async function giveUp(...texts: string[]): Promise<void> {
  for (const text of texts) {
    await alice.client.sendMessage({ to: 'worker', text })
    await world.pass()
    const [claim] = await worker.client.claimMessages()
    await claim?.fail(`no ${text}`)
    await world.pass(1000)
  }
}

const letters = async ({ client }: Inhabitant) =>
  (await client.listDeadLetters()).map(({ kind, message, reason, attempts }) => [kind, message.text, reason, attempts])

describe('Dead letters', () => {
  it('say what was given up, why, and after how many attempts, the oldest first', async () => {
    await giveUp('one', 'two')
    expect(await letters(worker)).toEqual([
      ['pending', 'one', 'no one', 1],
      ['pending', 'two', 'no two', 1],
    ])
    const [letter] = await worker.client.listDeadLetters()
    expect(letter?.receivedAt.localeCompare(letter.failedAt)).toBeLessThanOrEqual(0)
  })

  it('go back to the queue as if for the first time, in their place, and wake a worker', async () => {
    await giveUp('one', 'two')
    const done: string[] = []
    worker.client.processPending(({ text }, { attempts }) => void done.push(`${text} ${attempts}`))
    await world.pass()
    expect(await worker.client.redriveDeadLetters()).toBe(2)
    await world.pass()
    expect(done).toEqual(['one 1', 'two 1'])
    expect(await letters(worker)).toEqual([])
    expect(await worker.client.redriveDeadLetters()).toBe(0)
  })

  it('go back once, however many ask for it at the same time', async () => {
    await giveUp('one')
    const counts = await Promise.all([1, 2, 3].map(() => worker.client.redriveDeadLetters()))
    expect(counts).toEqual([1, 0, 0])
    expect(await worker.client.getPendingMessages()).toHaveLength(1)
  })

  it('are chosen by conversation, kind and message', async () => {
    await giveUp('one', 'two')
    const [one] = await worker.client.listDeadLetters()
    expect(await worker.client.listDeadLetters({ kind: 'unsent' })).toEqual([])
    expect(await worker.client.listDeadLetters({ conversationId: 'bob' })).toEqual([])
    expect(await worker.client.purgeDeadLetters({ messageIds: [one?.message.id ?? ''] })).toBe(1)
    expect(await letters(worker)).toEqual([['pending', 'two', 'no two', 1]])
  })

  it('hold what the server refused, with its code, and send it once more', async () => {
    const sent = await alice.client.sendMessage({ to: 'worker', text: 'much too long' })
    await world.pass()
    expect(await alice.client.listDeadLetters()).toMatchObject([
      { kind: 'unsent', code: 'MESSAGE_TOO_LARGE', message: { id: sent.id, status: 'failed' } },
    ])
    await world.stopServer()
    await world.startServer()
    await world.pass(10_000)
    expect(await alice.client.redriveDeadLetters()).toBe(1)
    await expect(alice.client.waitForStatus(sent.id, 'accepted')).resolves.toMatchObject({ text: 'much too long' })
    expect(await letters(alice)).toEqual([])
  })

  it('are there after a restart, and are purged for good', async () => {
    await giveUp('one')
    await worker.client.close()
    const again = world.client('worker', {}, worker.disk)
    expect(await letters(again)).toEqual([['pending', 'one', 'no one', 1]])
    expect(await again.client.purgeDeadLetters()).toBe(1)
    await again.client.close()
    expect(await letters(world.client('worker', {}, worker.disk))).toEqual([])
  })
})
