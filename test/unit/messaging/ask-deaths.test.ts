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

async function answerer(handler: MessageHandlerFunction): Promise<Inhabitant> {
  const bob = await world.join('bob')
  bob.client.onMessage(handler)
  return bob
}

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
  await world.passSteps(5, 100)
  first.kill()
  world.network.cut()
  const second = world.client(name, {}, disk)
  const handled: string[] = []
  second.client.onMessage(({ text }) => void handled.push(text))
  void second.client.connect()
  second.client.ask(question).then(result => results.push(result))
  await world.passSteps(10, 1000)
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
        await world.passSteps(5, 100)
        first.kill()
        world.network.cut()
        const second = world.client(name, { queue }, disk)
        start(second.client)
        await world.passSteps(21, 1000) // beyond the longest pause between two attempts to connect
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
    await world.passSteps(10, 1000)
    const bob = await answerer((_, { reply }) => void reply('because'))
    for (let turn = 0; turn < 12; turn++) {
      const asking = alice.client.ask({ to: 'bob', text: `why ${turn}?`, timeoutMs: 600_000 })
      for (let step = 0; step < turn; step++) await Promise.resolve()
      const stopped = world.stopServer()
      await world.pass(1000)
      await stopped
      await world.startServer({}, disk)
      await world.passSteps(30, 1000)
      expect(await asking).toMatchObject({ outcome: 'answered', question: { text: `why ${turn}?` } })
    }
    const history = await alice.client.getConversationHistory({ contactId: 'bob' })
    expect(history.filter(({ from }) => from === 'bob')).toHaveLength(12)
    await bob.client.close()
  })
})

describe('One answer, whoever dies when', () => {
  const ORDERS = [
    ['asker', 'answerer', 'server'],
    ['asker', 'server', 'answerer'],
    ['answerer', 'asker', 'server'],
    ['answerer', 'server', 'asker'],
    ['server', 'asker', 'answerer'],
    ['server', 'answerer', 'asker'],
  ] as const

  /** Asker, answerer and server die in this order, so many turns after each other, while a question is on its way. */
  async function askAmongDeaths(order: (typeof ORDERS)[number], turns: number, queue: boolean): Promise<void> {
    const disks = { asker: memoryDisk(), answerer: memoryDisk(), server: memoryDisk() }
    const [asker, bob] = [`asker-${order}-${turns}-${queue}`, `bob-${order}-${turns}-${queue}`]
    const results: AskResult[] = []
    const mortals = new Map<string, { kill(): void }>()
    const begin = {
      asker: () => {
        const mortal = mortalClient(world, { agentId: asker, disk: disks.asker, writes: 1e9 })
        void mortal.client.connect().catch(() => {})
        mortal.client.onMessage(({ text }) => {
          throw new Error(`A handler was given ${text}`)
        })
        const asking = mortal.client.ask({ id: 'question', to: bob, text: 'why?', timeoutMs: 3_600_000 })
        asking.then(
          result => results.push(result),
          () => {}, // this one has died
        )
        mortals.set('asker', mortal)
      },
      answerer: () => {
        const mortal = mortalClient(world, { agentId: bob, disk: disks.answerer, writes: 1e9 }, { queue })
        void mortal.client.connect().catch(() => {})
        if (queue) mortal.client.processPending((_, { reply }) => void reply('because'))
        else mortal.client.onMessage((_, { reply }) => void reply('because'))
        mortals.set('answerer', mortal)
      },
      server: async () => {
        const stopped = world.stopServer()
        await world.pass(10)
        await stopped
        await world.startServer({}, disks.server)
      },
    }
    await begin.server()
    begin.answerer()
    begin.asker()
    for (const whose of order) {
      for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
      mortals.get(whose)?.kill()
      if (whose !== 'server') world.network.cut()
      await begin[whose]()
    }
    await world.passSteps(40, 1000)
    const what = `${order}, ${turns} turns apart, queue: ${queue}`
    expect(results.length, what).toBeGreaterThan(0)
    for (const result of results)
      expect(result, what).toMatchObject({ outcome: 'answered', answer: { text: 'because' } })
    for (const mortal of mortals.values()) mortal.kill()
    const after = world.client(asker, {}, disks.asker)
    const history = await after.client.getConversationHistory({ contactId: bob })
    expect(
      history.map(({ text }) => text),
      what,
    ).toEqual(['why?', 'because'])
    expect(await after.client.listAsks(), what).toEqual([])
  }

  it.each(ORDERS.map(order => ({ order })))('$order: at every step', async ({ order }) => {
    for (const queue of [false, true])
      for (let turns = 0; turns <= 12; turns++) await askAmongDeaths(order, turns, queue)
  })
})
