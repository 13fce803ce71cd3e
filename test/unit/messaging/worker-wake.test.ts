import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let worker: Inhabitant
const handled: string[] = []

beforeEach(async () => {
  handled.length = 0
  world = new World()
  await world.startServer()
  const alice = await world.join('alice')
  worker = await world.join('worker', { queue: true })
  for (const text of ['one', 'two']) await alice.client.sendMessage({ to: 'worker', text })
  await world.pass()
})
afterEach(() => world.end())

test.each([
  ['completed', ['two']],
  ['given back', ['one', 'two']],
  ['given up', ['two']],
])('Worker: begins at once with what waited for a message that somebody else has %s', async (how, expected) => {
  const [claim] = await worker.client.claimMessages()
  worker.client.processPending(({ text }) => void handled.push(text))
  await world.pass()
  expect(handled).toEqual([])
  if (how === 'completed') await claim?.complete()
  else await (how === 'given back' ? claim?.release() : claim?.fail('it cannot be done'))
  await world.pass()
  expect(handled).toEqual(expected)
})
