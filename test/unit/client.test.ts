import { expect, test } from 'vitest'
import { IMClient, IMError, memoryDisk, memoryStorage, type StorageAdapter } from '../../src/index.ts'

test('Client: a workspace that was locked is opened by the next call when it is free', async () => {
  const disk = memoryDisk()
  const owner = new IMClient({ storage: memoryStorage(disk), agentId: 'agent' })
  await owner.open()
  const client = new IMClient({ storage: memoryStorage(disk), agentId: 'agent' })
  await expect(client.open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  await owner.close()
  expect(await client.listContacts()).toEqual([])
})

test('Client: a workspace that cannot be read is given free again', async () => {
  const disk = memoryDisk()
  const writer = memoryStorage(disk)
  await writer.open()
  await writer.write([{ type: 'put', key: ['outbox', 'a'], value: 'no entry' }])
  await writer.close()
  const client = new IMClient({ storage: memoryStorage(disk), agentId: 'agent' })
  await expect(client.open()).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
  await writer.open()
})

test('Client: an address that carries a secret is refused before anything is stored', async () => {
  const disk = memoryDisk()
  for (const imServerUrl of ['http://me:hunter2@host', 'http://host/?token=hunter2', 'hunter2']) {
    const client = new IMClient({ storage: memoryStorage(disk), agentId: 'agent', imServerUrl })
    const error = await client.open().catch(error => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toContain('hunter2')
  }
  const reader = memoryStorage(disk)
  await reader.open()
  expect(await reader.list(['config'])).toEqual([])
})

test('Client: everything is refused with a code after close, and close may be called twice', async () => {
  const client = new IMClient({ storage: memoryStorage(), agentId: 'agent' })
  await client.open()
  await Promise.all([client.close(), client.close()])
  expect(client.state).toEqual({ name: 'closed' })
  await expect(client.sendMessage({ to: 'other', text: 'late' })).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
})

test('Client: one that was never used closes without opening its storage', async () => {
  const opened: string[] = []
  const storage: StorageAdapter = Object.assign(memoryStorage(), { open: async () => void opened.push('open') })
  await new IMClient({ storage, agentId: 'agent' }).close()
  expect(opened).toEqual([])
})

test('Client: what a listener throws is reported as an error, and the other listeners are told', async () => {
  const client = new IMClient({ storage: memoryStorage(), agentId: 'agent', imServerUrl: 'http://127.0.0.1:1' })
  const errors: IMError[] = []
  const seen: string[] = []
  client.on('error', error => errors.push(error))
  client.on('state', () => {
    throw new Error('mine')
  })
  client.on('state', ({ name }) => seen.push(name))
  void client.connect().catch(() => {}) // closed before it could connect
  await client.open()
  await client.close()
  expect(seen).toEqual(['connecting', 'closed'])
  expect(errors.map(({ code }) => code)).toEqual(['HANDLER_FAILED', 'HANDLER_FAILED'])
  expect(errors[0]).toBeInstanceOf(IMError)
})
