import { memoryDisk, memoryStorage, type PortEvents } from 'im-client'
import { expect, onTestFinished, test } from 'vitest'
import { World } from '../../support/world.ts'

test('A view that does not answer counts as ended: after twenty seconds its handler holds nothing up', async () => {
  const world = new World()
  onTestFinished(() => world.end())
  await world.startServer()
  const disk = memoryDisk()
  const owner = await world.join('alice', {}, disk)
  const bob = await world.join('bob')
  let isStopped = false
  const storage = memoryStorage(disk)
  const inner = storage.views
  const connect = (events: PortEvents) =>
    inner?.connect({ onClose: () => {}, onText: text => void (isStopped || events.onText(text)) })
  const views = { listen: inner?.listen.bind(inner), connect }
  const stopped = await world.join('alice', { attach: true, storage: Object.assign(storage, { views }) as never }, disk)
  stopped.client.onMessage(() => {})
  await world.pass(10)
  isStopped = true
  const handled: string[] = []
  owner.client.onMessage(({ text }) => void handled.push(text))
  await world.pass(10)
  for (const text of ['one', 'two']) await bob.client.sendMessage({ to: 'alice', text })
  await world.passSteps(3, 1000)
  expect(handled).toEqual(['one'])
  await world.passSteps(20, 1000)
  expect(handled).toEqual(['one', 'two'])
})
