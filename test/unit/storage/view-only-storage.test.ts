/** A storage that only views can use: it leads to the owner, and is nobody's own. */
import { memoryDisk, memoryStorage, viewOnlyStorage } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { World } from '../../support/world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

/** An owner's disk, and a client that reaches it by its door alone. */
function apart() {
  const disk = memoryDisk()
  const { views } = memoryStorage(disk)
  const storage = viewOnlyStorage(async events => views?.connect(events))
  return { disk, view: world.client('alice', { storage, attach: true }).client }
}

it('A client over it does what a client does, at the owner', async () => {
  const { disk, view } = apart()
  const owner = world.client('alice', {}, disk).client
  await owner.addContact({ contactId: 'bob', name: 'Bob' })
  expect(await view.listContacts()).toMatchObject([{ contactId: 'bob' }])
  await view.sendMessage({ to: 'bob', text: 'from beside' })
  expect(await owner.stats()).toMatchObject({ outbox: 1 })
})

it('A client over it never becomes the owner, and goes on at the next', async () => {
  const { disk, view } = apart()
  const first = world.client('alice', {}, disk).client
  await first.open()
  await view.open()
  await first.close()
  const asked = view.sendMessage({ to: 'bob', text: 'whoever is there' })
  await world.pass(2_000)
  expect(disk.owner).toBeUndefined()
  const next = world.client('alice', {}, disk).client
  await next.open()
  await world.pass(2_000)
  await asked
  expect(await next.stats()).toMatchObject({ outbox: 1 })
})

it('Where nobody owns the workspace for long, the first call rejects with STORAGE_LOCKED', async () => {
  const { view } = apart()
  const outcome = view.open().catch(error => error.code)
  await world.pass(11_000)
  expect(await outcome).toBe('STORAGE_LOCKED')
})

it('Without "attach" nothing can be done with it', async () => {
  const storage = viewOnlyStorage(async () => undefined)
  const client = world.client('alice', { storage }).client
  await expect(client.open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
})

it('It keeps nothing', async () => {
  const storage = viewOnlyStorage(async () => undefined)
  const code = 'STORAGE_CLOSED'
  await expect(storage.get(['a'])).rejects.toMatchObject({ code })
  await expect(storage.list(['a'])).rejects.toMatchObject({ code })
  await expect(storage.write([])).rejects.toMatchObject({ code })
  await expect(storage.views?.listen(() => ({ onText() {}, onClose() {} }))).rejects.toMatchObject({
    code: 'STORAGE_LOCKED',
  })
  expect(storage.durability).toBe('none')
  await storage.close()
})
