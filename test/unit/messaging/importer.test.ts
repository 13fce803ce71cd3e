import { describe, expect, it } from 'vitest'
import { type ImportedMessage, Importer, memoryDisk, memoryStorage, type StorageAdapter } from '../../../src/index.ts'
import { World } from '../../support/world.ts'

const message = (index: number, more: Partial<ImportedMessage> = {}): ImportedMessage => ({
  id: `m${index}`,
  conversationId: 'bob',
  from: 'bob',
  text: `text ${index}`,
  at: '2026-01-01T00:00:00Z',
  ...more,
})

async function importInto(disk = memoryDisk(), batch: readonly ImportedMessage[] = []) {
  const importer = new Importer(memoryStorage(disk), { agentId: 'alice' })
  await importer.open()
  const report = await importer.add(batch)
  await importer.close()
  return report
}

describe('Importer', () => {
  it('numbers messages in the order of the import and leaves out what is there', async () => {
    const disk = memoryDisk()
    const first = await importInto(disk, [message(1), message(2), message(1)])
    expect(first).toEqual({ added: 2, known: 1, refused: [] })
    expect(await importInto(disk, [message(2), message(3)])).toEqual({ added: 1, known: 1, refused: [] })
    const { client } = new World().client('alice', {}, disk)
    const history = await client.getConversationHistory({ conversationId: 'bob' })
    expect(history.map(({ id, seq }) => [id, seq])).toEqual([
      ['m1', 1],
      ['m2', 2],
      ['m3', 3],
    ])
    await client.close()
  })

  it('takes the same id of two senders for two messages', async () => {
    expect(await importInto(memoryDisk(), [message(1), message(1, { from: 'carol' })])).toMatchObject({ added: 2 })
  })

  it.each([
    ['no account', { from: 'group-1' }, 'MESSAGE_INVALID', 'from'],
    ['no instant', { at: 'yesterday' }, 'MESSAGE_INVALID', 'at'],
    ['no conversation', { conversationId: '' }, 'MESSAGE_INVALID', 'conversationId'],
    ['no message id', { id: 'a b' }, 'MESSAGE_INVALID', 'id'],
    ['no message id to answer', { replyTo: 'ä' }, 'MESSAGE_INVALID', 'replyTo'],
  ])('refuses what names %s, says which, and stores the others', async (_, more, code, path) => {
    const { added, refused } = await importInto(memoryDisk(), [message(1), message(2, more), message(3)])
    expect(added).toBe(2)
    expect(refused.map(({ index, error }) => [index, error.code, error.details['path']])).toEqual([[1, code, path]])
  })

  it('offers nothing to handlers, counts nothing as unread, makes nothing pending', async () => {
    const disk = memoryDisk()
    await importInto(disk, [message(1), message(2)])
    const world = new World()
    await world.startServer()
    const { client } = await world.join('alice', { queue: true }, disk)
    const offered: string[] = []
    client.onMessage(({ text }) => void offered.push(text))
    const bob = await world.join('bob')
    await bob.client.sendMessage({ to: 'alice', text: 'live' })
    await world.pass(1000)
    expect(offered).toEqual(['live'])
    expect(await client.stats()).toMatchObject({ unread: 0, pending: 1 })
    await world.end()
  })

  it('leaves room above: what a server numbers in a conversation of the same id comes after it, whole', async () => {
    const disk = memoryDisk()
    await importInto(disk, [message(1), message(2), message(3)])
    const world = new World()
    await world.startServer()
    const bob = await world.join('bob')
    await bob.client.sendMessage({ to: 'alice', text: 'first live' })
    const { client, errors } = await world.join('alice', {}, disk)
    await client.markRead('bob')
    await client.sendMessage({ to: 'bob', text: 'second live' })
    await world.pass(1000)
    const history = await client.getConversationHistory({ contactId: 'bob' })
    expect(history.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'text 1'],
      [2, 'text 2'],
      [3, 'text 3'],
      [4, 'first live'],
      [5, 'second live'],
    ])
    expect(errors).toEqual([])
    await world.end()
    const { added, refused } = await importInto(disk, [message(4), message(1)])
    expect([added, refused.map(({ error }) => error.code)]).toEqual([0, ['FORBIDDEN']])
  })

  it('reads the storage anew after a write that failed', async () => {
    const storage = failingStorage()
    const importer = new Importer(storage, { agentId: 'alice' })
    await importer.open()
    storage.failing = true
    await expect(importer.add([message(1)])).rejects.toThrow('the disk is gone')
    storage.failing = false
    expect(await importer.add([message(1)])).toEqual({ added: 1, known: 0, refused: [] })
    await importer.close()
  })
})

/** Memory whose writes fail while it is told to. */
function failingStorage(): StorageAdapter & { failing: boolean } {
  const storage = memoryStorage()
  return {
    failing: false,
    durability: storage.durability,
    open: options => storage.open(options),
    get: key => storage.get(key),
    list: (prefix, options) => storage.list(prefix, options),
    close: () => storage.close(),
    async write(batch) {
      if (this.failing) throw new Error('the disk is gone')
      await storage.write(batch)
    },
  }
}
