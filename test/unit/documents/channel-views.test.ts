/** Views over a channel, as docs/adapters.md shows them. */
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { IMClient, memoryDisk, memoryStorage, type StorageAdapter } from 'im-client'
import { expect, it, onTestFinished } from 'vitest'
import { ChannelViews, channelStorage } from '../../../docs/examples/channel-views.ts'

/** Storage in memory, whose own door is another. */
function storageWith(views: ChannelViews, disk = memoryDisk()): StorageAdapter {
  return Object.assign(memoryStorage(disk), { views })
}

function client(storage: StorageAdapter, attach = false): IMClient {
  const made = new IMClient({ storage, agentId: 'alice', attach })
  onTestFinished(() => made.close())
  return made
}

it('A view does what a client does, at the owner at the other end of the channel', async () => {
  const views = new ChannelViews()
  const owner = client(storageWith(views))
  await owner.open()
  const view = client(
    channelStorage(channel => views.admit(channel)),
    true,
  )
  const texts = Array.from({ length: 200 }, (_, index) => `text ${index}`)
  await Promise.all(texts.map(text => view.sendMessage({ to: 'bob', text })))
  const history = await owner.getConversationHistory({ contactId: 'bob', limit: 500 })
  expect(history.map(({ text }) => text)).toEqual(texts)
})

it('A view outlives the owner, and goes on at the next', async () => {
  const [views, disk] = [new ChannelViews(), memoryDisk()]
  const first = client(storageWith(views, disk))
  await first.open()
  const view = client(
    channelStorage(channel => views.admit(channel)),
    true,
  )
  await view.sendMessage({ to: 'bob', text: 'to the first' })
  await first.close()
  const sent = view.sendMessage({ to: 'bob', text: 'to the next' })
  await pause(50)
  const next = client(storageWith(views, disk))
  await next.open()
  await sent
  expect(await next.stats()).toMatchObject({ outbox: 2 })
})

it('A view in another thread sends, and holds nobody up when its thread is ended', async () => {
  const views = new ChannelViews()
  const owner = client(storageWith(views))
  await owner.open()
  const worker = new Worker(resolve('dist/test/support/programs/view-in-thread.js'))
  onTestFinished(async () => void (await worker.terminate()))
  const ids: unknown[] = []
  worker.on('message', said => (said instanceof MessagePort ? views.admit(said) : ids.push(said)))
  while (ids.length === 0) await once(worker, 'message')
  const [message] = await owner.getConversationHistory({ contactId: 'bob' })
  expect(message).toMatchObject({ id: ids[0], text: 'from another thread' })
  await worker.terminate()
  await owner.close()
})
