import { expect, it, onTestFinished, vi } from 'vitest'

it('An owner works and closes also where the part that lets views in cannot be loaded', async () => {
  vi.doMock('../../../src/view/host.ts', () => {
    throw new Error('The network is gone.')
  })
  onTestFinished(() => vi.doUnmock('../../../src/view/host.ts'))
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
  const { IMClient, memoryDisk, memoryStorage } = await import('im-client')
  const disk = memoryDisk()
  const client = new IMClient({ storage: memoryStorage(disk), agentId: 'alice' })
  expect(await client.listContacts()).toEqual([])
  await new Promise(resolve => setTimeout(resolve, 20))
  await client.close()
  expect(disk.owner).toBeUndefined()
  expect(unhandled).toEqual([])
})
