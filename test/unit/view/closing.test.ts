import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryDisk } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mortalClient } from '../../support/mortal-client.ts'
import { World } from '../../support/world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

it('An owner that has closed leaves nothing behind of the views that it had', async () => {
  const disk = memoryDisk()
  const owner = world.client('alice', {}, disk)
  await owner.client.open()
  const before = world.clock.waiting
  const views = [1, 2].map(() => world.client('alice', { attach: true }, disk))
  for (const { client } of views) {
    await client.open()
    client.onMessage(() => {})
    client.processPending(() => {})
  }
  await world.pass()
  const closing = [owner, ...views].map(({ client }) => client.close())
  await world.passSteps(4, 100)
  await Promise.all(closing)
  expect(world.clock.waiting).toBe(before)
})

it.each(Array.from({ length: 12 }, (_, n) => n))(
  'A message is handled once whose handler ends while its view closes, %i steps later',
  async steps => {
    await world.startServer()
    const bob = await world.join('bob')
    const disk = memoryDisk()
    const owner = await world.join('alice', {}, disk)
    const view = world.client('alice', { attach: true, closeGraceMs: 500 }, disk)
    let finish = () => {}
    view.client.onMessage(
      () =>
        new Promise(resolve => {
          finish = resolve
        }),
    )
    await world.pass()
    await bob.client.sendMessage({ to: 'alice', text: 'one' })
    await world.pass(10)
    const closing = view.client.close()
    for (let step = 0; step < steps; step++) await undefined
    finish()
    await world.pass(600)
    await closing
    const handled: string[] = []
    owner.client.onMessage(({ text }) => void handled.push(text))
    await world.passSteps(3, 1000)
    expect(handled).toEqual([])
    expect(owner.errors).toEqual([])
  },
)

it('A worker that was stopped is forgotten', async () => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const { client } = world.client('alice', { queue: true })
  const forgotten = async () => {
    const handler = () => {}
    const worker = client.processPending(handler)
    await worker.stop()
    return new WeakRef(handler)
  }
  const handler = await forgotten()
  await world.pass()
  collect()
  expect(handler.deref()).toBeUndefined()
})

it('What is under way when a view closes ends with it, although its owner dies meanwhile', async () => {
  await world.startServer()
  const bob = await world.join('bob')
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: Number.POSITIVE_INFINITY })
  await owner.client.connect()
  const { client } = world.client('alice', { attach: true, closeGraceMs: 500 }, disk)
  client.onMessage(() => new Promise(() => {})) // for it the view waits
  await world.pass(10)
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  const { id } = await client.sendMessage({ to: 'nobody-yet', text: 'two' })
  const waiting = client.waitForStatus(id, 'delivered').catch(error => error)
  await world.pass(10)
  const closing = client.close()
  await world.pass(10)
  owner.kill()
  await world.pass(600)
  await closing
  expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' })
})
