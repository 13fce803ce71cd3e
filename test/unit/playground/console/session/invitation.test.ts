import { describe, expect, it } from 'vitest'
import { meet, readInvitation } from '../../../../../playground/console/src/session/invitation.ts'
import { IMClient, memoryStorage } from '../../../../../src/index.ts'

describe('An invitation', () => {
  it.each([
    ['#/sign-in?as=you&meet=echo,employee', 'you', ['echo', 'employee']],
    ['#/sign-in?as=%E4%BD%A0', '你', []],
    ['#/sign-in?as=&meet=,,', undefined, []],
    ['#/sign-in', undefined, []],
    ['#/chats/echo?as=you', undefined, []],
    ['', undefined, []],
    [`#/sign-in?as=${'x'.repeat(256)}&meet=a%00b,c`, undefined, ['c']],
  ])('is read from %s', (hash, agentId, meet) => {
    expect(readInvitation(hash)).toEqual({ agentId, meet })
  })

  it('makes contacts, and leaves those alone that are there', async () => {
    const client = new IMClient({ storage: memoryStorage(), agentId: 'you' })
    await client.addContact({ contactId: 'echo', name: 'my Echo' })
    await meet(client, readInvitation('#/sign-in?as=you&meet=echo,employee,bob'), id =>
      id === 'bob' ? undefined : `what ${id} does`,
    )
    const contacts = (await client.listContacts()).map(({ name, description }) => [name, description])
    expect(contacts.sort()).toEqual([
      ['bob', undefined],
      ['employee', 'what employee does'],
      ['my Echo', undefined],
    ])
    await client.close()
  })
})
