/** An owner and a view of two versions: whoever cannot go on says so once, and tries nothing more by itself. */
import { type IMError, memoryDisk } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
// Loaded here, so that it is there within a turn: time stands still.
import '../../../src/storage/unfit.ts'
import { mortalClient } from '../../support/mortal-client.ts'
import { World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

/** An owner of another version, who answers every view that it speaks another; gives how often it was asked. */
function ownedByAnotherVersion(disk = memoryDisk()) {
  const asked = { count: 0 }
  disk.owner = Symbol('another version')
  disk.accept = port => ({
    onText: text => {
      const { id } = JSON.parse(text) as { id: number }
      asked.count += 1
      const $error = { name: 'PROTOCOL_VERSION_UNSUPPORTED', message: 'Reload.', details: { owner: 2, view: 1 } }
      port.send(JSON.stringify({ jsonrpc: '2.0', id, result: { error: { $error } } }))
    },
    onClose: () => {},
  })
  return { disk, asked }
}

it('A view of an owner of another version is refused, and says so in its state', async () => {
  const { disk, asked } = ownedByAnotherVersion()
  const { client } = world.client('alice', { attach: true }, disk)
  const refused: IMError = await client.open().then(
    () => undefined as never,
    error => error,
  )
  expect(refused).toMatchObject({ code: 'PROTOCOL_VERSION_UNSUPPORTED', details: { owner: 2, view: 1 } })
  expect(client.state).toEqual({ name: 'failed', reason: refused })
  await world.passSteps(10, 1000)
  expect(asked.count).toBe(1)
})

it('A view whose next owner is of another version stops there, and goes on where that has gone when it is asked to', async () => {
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  const handled: string[] = []
  view.client.onMessage(({ text }) => void handled.push(text))
  await world.pass(10)
  owner.kill()
  const { asked } = ownedByAnotherVersion(disk)
  await world.passSteps(20, 1000)
  expect(asked.count).toBe(1)
  expect(view.client.state).toMatchObject({ name: 'failed', reason: { code: 'PROTOCOL_VERSION_UNSUPPORTED' } })
  expect(view.errors.map(({ code }) => code)).toEqual(['PROTOCOL_VERSION_UNSUPPORTED'])
  await expect(view.client.listContacts()).rejects.toMatchObject({ code: 'PROTOCOL_VERSION_UNSUPPORTED' })
  disk.owner = undefined
  disk.accept = undefined
  await view.client.connect()
  const bob = await world.join('bob')
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  expect(handled).toEqual(['one'])
})

it('A view that cannot read the workspace that it is to take over stops there', async () => {
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  disk.map.set(['config', 'formatVersion'], '99', '["config","formatVersion"]')
  owner.kill()
  await world.passSteps(20, 1000)
  expect(view.client.state).toMatchObject({ name: 'failed', reason: { code: 'WORKSPACE_FORMAT_UNSUPPORTED' } })
  expect(view.errors.map(({ code }) => code)).toEqual(['WORKSPACE_FORMAT_UNSUPPORTED'])
  expect(disk.owner).toBeUndefined()
})
