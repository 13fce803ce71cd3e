import { describe, expect, it } from 'vitest'
import { IMServer } from '../../../src/server/index.ts'
import { memoryDisk, memoryStorage } from '../../../src/storage/memory-storage.ts'
import { linkClient } from '../../support/linked-sockets.ts'

async function startServer(disk = memoryDisk(), options = {}) {
  const server = new IMServer({ storage: memoryStorage(disk), ...options })
  await server.open()
  const join = async (agentId: string, more: object = {}) => {
    const linked = linkClient(server)
    const session = await linked.client.open(agentId, more)
    return { ...linked, session }
  }
  return { server, join, disk }
}

const message = (to: string, id: string, more: object = {}) => ({
  id,
  to,
  text: `text of ${id}`,
  sentAt: '2026-01-01T00:00:00.000Z',
  ...more,
})

describe('IMServer', () => {
  it('brings a message from one account to another and tells the sender that it was delivered', async () => {
    const { join } = await startServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    const accepted = await alice.call('message.send', message('bob', 'm1'))
    expect(accepted).toMatchObject({ id: 'm1', conversationId: 'bob', seq: 1, duplicate: false })
    await bob.until(() => bob.events.length === 1)
    expect(bob.events[0]).toMatchObject({ type: 'message', id: 'm1', conversationId: 'alice', from: 'alice', seq: 1 })
    await alice.until(() => alice.receipts.length === 1)
    expect(alice.receipts).toEqual([{ conversationId: 'bob', reader: 'bob', delivered: 1 }])
    expect(alice.events).toEqual([])
  })

  it('keeps messages for accounts that were never seen', async () => {
    const { join } = await startServer()
    const { client: alice } = await join('alice')
    for (let index = 1; index <= 300; index++) await alice.call('message.send', message('bob', `m${index}`))
    const { client: bob, session } = await join('bob')
    expect(session).toMatchObject({ recovered: true })
    await bob.until(() => bob.events.length === 300)
    expect(bob.events.map(event => event.seq)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
    expect(bob.batches.at(-1)?.offset).toBeGreaterThanOrEqual(session.offset)
  })

  it('answers a repeated message as it answered the first', async () => {
    const { join, disk, server } = await startServer()
    const { client: alice } = await join('alice')
    const first = await alice.call('message.send', message('bob', 'm1'))
    expect(await alice.call('message.send', message('bob', 'm1'))).toEqual({ ...first, duplicate: true })
    await server.drain()
    const again = await startServer(disk)
    const { client: later } = await again.join('alice')
    expect(await later.call('message.send', message('bob', 'm1'))).toEqual({ ...first, duplicate: true })
    expect(await later.call('message.send', message('bob', 'm2'))).toMatchObject({ seq: 2, duplicate: false })
  })

  it('brings a group into being and its messages to its members', async () => {
    const { join } = await startServer()
    const { client: alice } = await join('alice')
    const { client: bob } = await join('bob')
    const { conversation } = await alice.call('group.create', { id: 'g', title: '群', members: ['bob', 'carol'] })
    const to = conversation.conversationId
    expect(conversation).toMatchObject({ kind: 'group', title: '群', participants: ['alice', 'bob', 'carol'] })
    expect(await alice.call('message.send', message(to, 'm1'))).toMatchObject({ seq: 2, conversationId: to })
    await bob.until(() => bob.events.length === 2)
    expect(bob.events.map(event => event.type)).toEqual(['membership', 'message'])
    expect(await alice.call('group.create', { id: 'g', members: [] })).toMatchObject({
      conversationId: to,
      duplicate: true,
    })
  })
})
