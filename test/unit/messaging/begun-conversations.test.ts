/** Conversations of which the server knows nothing yet, listed while that changes. */
import { memoryDisk, memoryStorage, type StorageAdapter } from 'im-client'
import { expect, it, onTestFinished } from 'vitest'
import { World } from '../../support/world.ts'

/** Storage in memory; something happens whenever what was refused has been read, before anybody knows it. */
function interrupted(happens: () => Promise<void>): StorageAdapter {
  const storage = memoryStorage(memoryDisk())
  const list = storage.list.bind(storage)
  storage.list = async (prefix, options) => {
    const found = await list(prefix, options)
    if (prefix[0] === 'dead') await happens()
    return found
  }
  return storage
}

it.each(['bob', 'group-of-others'])(
  'A conversation with %s is listed whatever becomes of its message meanwhile',
  async to => {
    const world = new World()
    onTestFinished(() => world.end())
    await world.startServer()
    let happens = async () => {}
    const { client } = world.client('alice', { storage: interrupted(() => happens()) })
    await client.open()
    await client.sendMessage({ to, text: 'hello' })
    const ids = async () => (await client.listConversations()).map(({ conversationId }) => conversationId)
    expect(await ids()).toEqual([to])
    let times = 0
    happens = async () => {
      if (times++ > 0) return
      await client.connect()
      await world.pass(10)
      expect(client.state.name).toBe('connected')
    }
    expect(await ids()).toEqual([to])
    expect(times).toBeGreaterThan(0)
    expect((await client.stats()).outbox).toBe(0)
  },
)
