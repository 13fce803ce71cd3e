import { describe, expect, it } from 'vitest'
import { IMError } from '../../../src/errors.ts'
import { IMServer } from '../../../src/server/index.ts'
import type { StorageAdapter, StorageRepair } from '../../../src/storage/contract.ts'
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
  it('tells its operator what the storage has repaired, and gives the storage free where it cannot be read', async () => {
    const storage = memoryStorage()
    const repair: StorageRepair = { kind: 'torn-tail', place: 'journal.jsonl', message: 'It was torn.' }
    const damaged: StorageAdapter = {
      durability: 'none',
      open: async options => {
        await storage.open()
        options?.onRepair?.(repair)
      },
      get: key => storage.get(key),
      list: () => Promise.reject(new IMError('STORAGE_DAMAGED', 'It cannot be read.')),
      write: batch => storage.write(batch),
      close: () => storage.close(),
    }
    const repairs: StorageRepair[] = []
    const server = new IMServer({ storage: damaged, onRepair: found => repairs.push(found) })
    await expect(server.open()).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(repairs).toEqual([repair])
    await storage.open()
  })

  it('ends a connection that asks for much in one go and reads none of it', async () => {
    const { server } = await startServer()
    let sent = 0
    const closed = new Promise<number>(resolve => {
      const socket = {
        bufferedAmount: 0,
        send: (text: string) => {
          sent += text.length
          socket.bufferedAmount = sent
        },
        close: resolve,
      }
      const connection = server.accept(socket)
      const call = (id: number, method: string, params: object) =>
        connection.receive(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
      call(1, 'session.open', { agentId: 'alice', deviceId: 'd', versions: [1] })
      queueMicrotask(async () => {
        while (sent === 0) await Promise.resolve()
        call(2, 'message.send', message('bob', 'm', { text: 'x'.repeat(1_000_000) }))
        while (server.stats().head === 0) await Promise.resolve()
        for (let id = 3; id < 103; id++) call(id, 'history.fetch', { conversationId: 'bob' })
      })
    })
    expect(await closed).toBe(4005)
    expect(sent).toBeLessThan(40_000_000)
  })

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
