import { IMClient, memoryStorage } from 'im-client'
import { expect, test } from 'vitest'

test('ContactBook: a detail that is no text is refused, and every contact stays readable', async () => {
  const client = new IMClient({ storage: memoryStorage(), agentId: 'alice' })
  const name = 42 as unknown as string
  await expect(client.addContact({ contactId: 'bob', name })).rejects.toThrow(TypeError)
  await client.addContact({ contactId: 'bob', name: 'Bob' })
  await expect(client.updateContact('bob', { name })).rejects.toThrow(TypeError)
  expect((await client.listContacts()).map(contact => contact.name)).toEqual(['Bob'])
  await client.close()
})
