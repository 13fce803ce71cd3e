/** A view that had become the owner, and loses its workspace to another that it does not know of: it was suspended. */
import { type IMClient, memoryDisk } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stealableStorage } from '../../support/stealable-storage.ts'
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
  (await client.getConversationHistory({ contactId, limit: 100 })).map(({ from, text }) => `${from}: ${text}`)

/** Lets time pass for something that needs some. */
async function inTime<T>(something: Promise<T>): Promise<T> {
  await world.passSteps(10, 100)
  return something
}

/** A view that owns its workspace because nobody else did. */
async function ownerByChance(options: { readonly queue?: boolean } = {}) {
  const disk = memoryDisk()
  const storage = stealableStorage(disk)
  const former = world.client('alice', { attach: true, storage, ...options }, disk)
  await former.client.connect()
  return { disk, storage, former }
}

describe.each([{ told: true }, { told: false }])('An owner that is deprived of its workspace (told: $told)', by => {
  it('goes on as a view of the next, with what it was about to do', async () => {
    const { disk, storage, former } = await ownerByChance()
    const states: string[] = []
    former.client.on('state', ({ name }) => states.push(name))
    const handled: string[] = []
    former.client.onMessage(({ text }) => void handled.push(text))
    await bob.client.sendMessage({ to: 'alice', text: 'one' })
    await world.pass(10)
    storage.steal({ told: false })
    const next = world.client('alice', { attach: true }, disk)
    await inTime(next.client.open())
    if (by.told) storage.tell()
    const sending = [former.client.sendMessage({ to: 'bob', text: 'under way' }), next.client.connect()] as const
    const [sent] = await inTime(Promise.all(sending))
    await bob.client.sendMessage({ to: 'alice', text: 'two' })
    await world.pass(10)
    expect(handled).toEqual(['one', 'two'])
    expect(await said(bob.client, 'alice')).toEqual(['bob: one', 'alice: under way', 'bob: two'])
    expect(await said(former.client, 'bob')).toEqual(await said(next.client, 'bob'))
    expect(await former.client.waitForStatus(sent.id, 'delivered')).toMatchObject({ text: 'under way' })
    expect(states[0]).toBe('disconnected')
    expect(former.client.state).toEqual(next.client.state)
    expect([...former.errors, ...next.errors]).toEqual([])
    expect(storage.opened).toBe(1)
  })

  it('keeps one connection, which is that of the next', async () => {
    const { disk, storage } = await ownerByChance()
    expect(world.network.open).toBe(2)
    storage.steal(by)
    const next = await inTime(world.join('alice', { attach: true }, disk))
    await bob.client.sendMessage({ to: 'alice', text: 'the former one cannot store it' })
    await world.passSteps(10, 1000)
    expect(world.network.open).toBe(2)
    expect(next.client.state.name).toBe('connected')
    expect(next.errors).toEqual([])
  })

  it('becomes the owner again where nobody has come', async () => {
    const { storage, former } = await ownerByChance()
    storage.steal(by)
    await inTime(former.client.sendMessage({ to: 'bob', text: 'one' }))
    await world.passSteps(10, 100)
    expect(storage.opened).toBe(2)
    expect(former.client.state.name).toBe('connected')
    expect(await said(bob.client, 'alice')).toEqual(['alice: one'])
    expect(former.errors).toEqual([])
  })

  it('becomes the owner again when the next has gone', async () => {
    const { disk, storage, former } = await ownerByChance()
    storage.steal(by)
    const next = await inTime(world.join('alice', { attach: true }, disk))
    await inTime(former.client.sendMessage({ to: 'bob', text: 'one' }))
    const closing = next.client.close()
    await world.passSteps(10, 100)
    await closing
    await inTime(former.client.sendMessage({ to: 'bob', text: 'two' }))
    await world.pass(10)
    expect(storage.opened).toBe(2)
    expect(await said(bob.client, 'alice')).toEqual(['alice: one', 'alice: two'])
  })

  it('leads its own views to the next', async () => {
    const { disk, storage, former } = await ownerByChance()
    const view = await world.join('alice', { attach: true }, disk)
    const told: string[] = []
    view.client.on('message', ({ text }) => told.push(text))
    storage.steal(by)
    const next = await inTime(world.join('alice', { attach: true }, disk))
    await inTime(former.client.sendMessage({ to: 'bob', text: 'finds it out' }))
    await bob.client.sendMessage({ to: 'alice', text: 'one' })
    await world.pass(10)
    expect(told).toEqual(['one'])
    expect(await said(view.client, 'bob')).toEqual(await said(next.client, 'bob'))
  })

  it('closes in the middle of it, and leaves the next alone', async () => {
    const { disk, storage, former } = await ownerByChance()
    storage.steal(by)
    const next = await inTime(world.join('alice', { attach: true }, disk))
    const closing = former.client.close()
    await world.pass(10)
    await closing
    await inTime(next.client.sendMessage({ to: 'bob', text: 'one' }))
    const view = await world.join('alice', { attach: true }, disk)
    expect(await said(view.client, 'bob')).toEqual(['alice: one'])
  })

  it('lets go of what it had claimed, which is claimed anew', async () => {
    const { storage, former } = await ownerByChance({ queue: true })
    await bob.client.sendMessage({ to: 'alice', text: 'a task' })
    await world.pass(10)
    const [claim] = await former.client.claimMessages()
    storage.steal(by)
    await expect(claim?.complete()).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(claim?.signal.reason).toMatchObject({ code: 'CONNECTION_LOST' })
    await world.passSteps(10, 100)
    const [again] = await former.client.claimMessages()
    expect(again?.attempts).toBe(2)
    await again?.complete('done')
    await world.pass(10)
    expect(await said(bob.client, 'alice')).toEqual(['bob: a task', 'alice: done'])
  })
})

it('What a handler was working on is offered to it again by the next owner', async () => {
  const { disk, storage, former } = await ownerByChance()
  const aborted: unknown[] = []
  let runs = 0
  former.client.onMessage(async (_, { signal, reply }) => {
    if (++runs > 1) return void reply('done')
    signal.addEventListener('abort', () => aborted.push(signal.reason))
    await new Promise(() => {})
  })
  await bob.client.sendMessage({ to: 'alice', text: 'a task' })
  await world.pass(10)
  storage.steal()
  await inTime(world.join('alice', { attach: true }, disk))
  await world.passSteps(10, 1000)
  expect(aborted).toHaveLength(1)
  expect(await said(bob.client, 'alice')).toEqual(['bob: a task', 'alice: done'])
})
