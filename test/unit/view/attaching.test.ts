import { type IMError, memoryDisk, type Port } from 'im-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { World } from '../../support/world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

/** An owner of a disk that answers `attach`, and does then what it is told. */
function owned(then: (port: Port) => void, answers = true) {
  const disk = memoryDisk()
  disk.owner = Symbol('somebody')
  disk.accept = port => ({
    onText: text => {
      const { id, method } = JSON.parse(text) as { id?: number; method?: string }
      if (method !== 'attach' || !answers) return
      port.send(JSON.stringify({ jsonrpc: '2.0', id, result: { value: { name: 'disconnected' } } }))
      then(port)
    },
    onClose: () => {},
  })
  return disk
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined
}

it('A view that waits for a workspace closes at once', async () => {
  const disk = memoryDisk()
  disk.owner = Symbol('an owner that lets nobody in')
  const { client } = world.client('alice', { attach: true }, disk)
  const opening = client.open().catch((error: IMError) => error.code)
  await world.pass(100)
  const closing = client.close()
  await world.pass()
  expect(await opening).toBe('CLIENT_CLOSED')
  await closing
  expect(world.clock.waiting).toBe(0)
})

it('A view that waits for an answer of the owner closes at once', async () => {
  const { client } = world.client(
    'alice',
    { attach: true },
    owned(() => {}, false),
  )
  const opening = client.open().catch((error: IMError) => error.code)
  await world.pass(100)
  const closing = client.close()
  await world.pass()
  expect(await opening).toBe('CLIENT_CLOSED')
  await closing
  expect(client.state.name).toBe('closed')
  expect(world.clock.waiting).toBe(0)
})

it.each(Array.from({ length: 24 }, (_, n) => n))(
  'An owner that ends %i steps after it has let a view in is noticed',
  async steps => {
    const disk = owned(async port => {
      await turns(steps)
      port.close()
      disk.accept = undefined
      disk.owner = undefined
    })
    const { client } = world.client('alice', { attach: true }, disk)
    const contacts = client.listContacts()
    await world.passSteps(4, 100)
    expect(await contacts).toEqual([])
  },
)

it.each(Array.from({ length: 24 }, (_, n) => n))(
  'Who listens %i steps after a view was let in hears of what happens',
  async steps => {
    const disk = memoryDisk()
    const owner = world.client('alice', {}, disk)
    await owner.client.open()
    const view = world.client('alice', { attach: true }, disk)
    const opening = view.client.open()
    await turns(steps * 4)
    const told: string[] = []
    view.client.on('guard', ({ messageId }) => told.push(messageId))
    await opening
    await world.pass()
    for (const hop of [21, 22]) await owner.client.sendMessage({ to: 'bob', text: '', id: `${hop}`, auto: true, hop })
    await world.pass()
    expect(told).toEqual(['21', '22'])
  },
)

it('A view learns of the state that its owner came to while it was let in', async () => {
  for (let steps = 0; steps < 60; steps++) {
    const disk = memoryDisk()
    const owner = world.client('alice', {}, disk)
    await owner.client.open()
    const view = world.client('alice', { attach: true }, disk)
    void view.client.open()
    await turns(steps)
    owner.client.connect().catch(() => {}) // there is no server
    await world.pass()
    expect({ steps, state: view.client.state.name }).toEqual({ steps, state: owner.client.state.name })
  }
})
