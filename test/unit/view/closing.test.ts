import { memoryDisk } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
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
