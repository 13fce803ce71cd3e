import { type IMClient, memoryDisk } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mortalClient } from '../../support/mortal-client.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let bob: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  bob = await world.join('bob')
})
afterEach(() => world.end())

async function claimed(renew: boolean) {
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 }, { queue: true })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  await bob.client.sendMessage({ to: 'alice', text: 'a task' })
  await world.pass(10)
  const [claim] = await view.client.claimMessages({ renew, leaseMs: 60_000 })
  if (!claim) throw new Error('There was nothing to claim.')
  return { owner, view: view.client as IMClient, claim }
}

it('A claim with renewal is lost with the owner, and free at once', async () => {
  const { owner, view, claim } = await claimed(true)
  owner.kill()
  await world.passSteps(4, 100)
  expect(claim.signal.reason).toMatchObject({ code: 'CONNECTION_LOST' })
  await expect(claim.complete()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
  const [again] = await view.claimMessages()
  expect(again?.attempts).toBe(2)
  await again?.complete('done')
  await world.pass(10)
  expect((await bob.client.getConversationHistory({ contactId: 'alice' })).map(({ text }) => text)).toEqual([
    'a task',
    'done',
  ])
})

it('A claim without renewal holds over the end of the owner, and is taken up again', async () => {
  const { owner, view, claim } = await claimed(false)
  owner.kill()
  await world.passSteps(4, 100)
  expect(await view.claimMessages()).toEqual([])
  const again = await view.resumeClaim(claim.token)
  await again.complete('done')
  await expect(view.resumeClaim(claim.token)).rejects.toMatchObject({ code: 'QUEUE_LEASE_LOST' })
})

it('A claim without renewal holds over the end of its view', async () => {
  const { owner, view, claim } = await claimed(false)
  const closing = view.close()
  await world.pass(1)
  await closing
  expect(await owner.client.claimMessages()).toEqual([])
  await (await owner.client.resumeClaim(claim.token)).complete()
  expect(await owner.client.getPendingMessages()).toEqual([])
})
