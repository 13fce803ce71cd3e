/** What is loaded on demand may not come: then nothing was done, and the next call tries again. */
import { IMClient, memoryStorage } from 'im-client'
import { expect, test, vi } from 'vitest'

const load = vi.hoisted(() => ({ failures: 0 }))

vi.mock('../../../src/messaging/rich-content.ts', async original => {
  if (load.failures-- > 0) throw new Error('The chunk did not come.')
  return await original()
})

test('A message is not in the outbox when sending it was refused because what shows it could not be loaded', async () => {
  const client = new IMClient({ storage: memoryStorage(), agentId: 'me' })
  const reply = { to: 'you', text: 'an answer', replyTo: 'question' }
  load.failures = 1
  await expect(client.sendMessage(reply)).rejects.toThrow()
  expect((await client.stats()).outbox).toBe(0)
  await client.sendMessage({ to: 'you', text: 'plain' })
  expect((await client.stats()).outbox).toBe(1)
  await client.close()
})
