import { type IMClient, type IMError, type Message, memoryDisk } from 'im-client'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { failingStorage } from '../../support/failing-storage.ts'
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

const said = async (client: IMClient, contactId: string) =>
  (await client.getConversationHistory({ contactId })).map(({ from, text }) => `${from}: ${text}`)

it('A view takes the place of an owner that closes, and goes on with what was under way', async () => {
  const disk = memoryDisk()
  const owner = await world.join('alice', {}, disk)
  const view = await world.join('alice', { attach: true }, disk)
  const states: string[] = []
  view.client.on('state', ({ name }) => states.push(name))
  const handled: string[] = []
  view.client.onMessage(async ({ text }, { reply }) => {
    handled.push(text)
    await reply(`re: ${text}`)
  })
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  const { id } = await view.client.sendMessage({ to: 'nobody-yet', text: 'wait' })
  const waiting = view.client.waitForStatus(id, 'delivered', { timeoutMs: 60_000 })
  const closing = owner.client.close()
  await world.passSteps(4, 100)
  await closing
  expect(states).toEqual(['disconnected', 'connecting', 'connected'])
  await bob.client.sendMessage({ to: 'alice', text: 'two' })
  await world.pass(10)
  expect(handled).toEqual(['one', 'two'])
  expect(await said(bob.client, 'alice')).toEqual(['bob: one', 'alice: re: one', 'bob: two', 'alice: re: two'])
  await world.join('nobody-yet')
  await world.pass(10)
  expect(await waiting).toMatchObject({ status: 'delivered' })
  expect(view.errors).toEqual([])
})

it('A view that has found another owner is told of everything that it may have missed', async () => {
  const disk = memoryDisk()
  const owner = await world.join('alice', {}, disk)
  const views = await Promise.all([1, 2].map(() => world.join('alice', { attach: true }, disk)))
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  const told: unknown[][] = views.map(() => [])
  for (const [index, { client }] of views.entries()) client.on('change', change => told[index]?.push(change))
  const closing = owner.client.close()
  await world.passSteps(10, 100)
  await closing
  const everything = { conversations: ['bob'], contacts: true, queue: true, deadLetters: true }
  for (const changes of told) expect(changes).toContainEqual(everything)
  await bob.client.sendMessage({ to: 'alice', text: 'two' })
  await world.pass(10)
  for (const changes of told) expect(changes.at(-1)).toMatchObject({ conversations: ['bob'], contacts: false })
})

it('One of several views takes the place, and the others attach to it', async () => {
  const disk = memoryDisk()
  const owner = await world.join('alice', {}, disk)
  const views = await Promise.all([1, 2, 3].map(() => world.join('alice', { attach: true }, disk)))
  const sockets = () => world.network.open
  expect(sockets()).toBe(2)
  const closing = owner.client.close()
  await world.passSteps(10, 100)
  await closing
  expect(sockets()).toBe(2)
  for (const [index, { client }] of views.entries()) await client.sendMessage({ to: 'bob', text: `from ${index}` })
  await world.pass(10)
  expect(await said(bob.client, 'alice')).toEqual(['alice: from 0', 'alice: from 1', 'alice: from 2'])
  expect(views.flatMap(({ errors }) => errors)).toEqual([])
})

it.each([0, 1, 2, 3, 4])('What is sent while the owner dies after %i more writes is sent once', async writes => {
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  let left = writes
  owner.onWrite(() => --left >= 0)
  const texts = ['one', 'two', 'three', 'four']
  const sending = Promise.all(texts.map(text => view.client.sendMessage({ to: 'bob', text, id: undefined } as never)))
  await world.pass(10)
  owner.kill()
  await world.passSteps(10, 100)
  const sent = await sending
  expect(sent.map(({ text }) => text)).toEqual(texts)
  await world.passSteps(10, 1000)
  expect((await said(bob.client, 'alice')).sort()).toEqual(texts.map(text => `alice: ${text}`).sort())
})

it('A message whose handler was a view that ends is offered to the next', async () => {
  const disk = memoryDisk()
  await world.join('alice', {}, disk)
  const first = await world.join('alice', { attach: true }, disk)
  first.client.onMessage(() => new Promise(() => {}))
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  await closed(first.client)
  const second = await world.join('alice', { attach: true }, disk)
  const handled: string[] = []
  second.client.onMessage(({ text }) => void handled.push(text))
  await world.passSteps(4, 1000)
  expect(handled).toEqual(['one'])
})

it('A view that ends in the middle of a message is no reason to offer it again to those that have handled it', async () => {
  const disk = memoryDisk()
  const owner = await world.join('alice', {}, disk)
  const view = await world.join('alice', { attach: true }, disk)
  const handled: string[] = []
  owner.client.onMessage(({ text }) => void handled.push(text))
  view.client.onMessage(() => new Promise(() => {}))
  await world.pass()
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  await closed(view.client)
  await bob.client.sendMessage({ to: 'alice', text: 'two' })
  await world.passSteps(4, 1000)
  expect(handled).toEqual(['one', 'two'])
  expect(owner.errors).toEqual([])
})

it('What a view has claimed is free for others once it has ended', async () => {
  const disk = memoryDisk()
  const owner = await world.join('alice', { queue: true }, disk)
  const view = await world.join('alice', { attach: true }, disk)
  await bob.client.sendMessage({ to: 'alice', text: 'a task' })
  await world.pass(10)
  const [claim] = await view.client.claimMessages()
  expect(await owner.client.claimMessages()).toEqual([])
  await closed(view.client)
  const [again] = await owner.client.claimMessages()
  expect(again?.attempts).toBe(2)
  await again?.complete()
  await expect(claim?.complete()).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
})

it('A view of another account is refused, and one of no account is let in', async () => {
  const disk = memoryDisk()
  await world.join('alice', {}, disk)
  const other = world.client('mallory', { attach: true }, disk)
  const refused: IMError = await other.client.open().catch(error => error)
  expect(refused).toMatchObject({ code: 'WORKSPACE_AGENT_MISMATCH', details: { owner: 'alice', agentId: 'mallory' } })
  const message: Promise<Message> = world
    .client('alice', { attach: true }, disk)
    .client.sendMessage({ to: 'bob', text: '' })
  expect(await message).toMatchObject({ from: 'alice' })
})

it('What a handler says to an owner that has died is no failure of its program', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  let say = () => {}
  let runs = 0
  view.client.onMessage(async (_, { reply, progress }) => {
    if (++runs > 1) return
    await new Promise<void>(resolve => {
      say = resolve
    })
    void progress('still there?')
    void reply('nobody hears it')
  })
  await bob.client.sendMessage({ to: 'alice', text: 'one' })
  await world.pass(10)
  owner.kill()
  await world.pass()
  say()
  await world.passSteps(4, 100)
  expect(unhandled).toEqual([])
})

it('A worker can be stopped while there is no owner', async () => {
  const disk = memoryDisk()
  const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 }, { queue: true })
  await owner.client.connect()
  const view = await world.join('alice', { attach: true }, disk)
  const worked: string[] = []
  const worker = view.client.processPending(({ text }) => void worked.push(text))
  await world.pass(10)
  owner.kill()
  await worker.stop()
  await world.passSteps(4, 100)
  await bob.client.sendMessage({ to: 'alice', text: 'a task' })
  await world.pass(10)
  expect(worked).toEqual([])
  expect(await view.client.getPendingMessages()).toHaveLength(1)
})

it.each([1, 2, 3, 4])(
  'A worker that could not be begun with at the next owner for %i failures is begun with later',
  async failures => {
    const disk = memoryDisk()
    const owner = mortalClient(world, { agentId: 'alice', disk, writes: 1000 }, { queue: true })
    await owner.client.connect()
    await bob.client.sendMessage({ to: 'alice', text: 'claimed by the owner' })
    await world.pass(10)
    await owner.client.claimMessages()
    const storage = failingStorage(disk)
    const view = world.client('alice', { attach: true, storage }, disk)
    await view.client.connect()
    const worked: string[] = []
    view.client.processPending(({ text }) => void worked.push(text))
    await world.pass(10)
    storage.failures = failures
    owner.kill()
    await world.passSteps(80, 100)
    await bob.client.sendMessage({ to: 'alice', text: 'a task' })
    await world.pass(10)
    expect(worked).toEqual(['claimed by the owner', 'a task'])
  },
)

async function closed(client: IMClient): Promise<void> {
  const closing = client.close()
  await world.pass(1)
  await closing
}
