/** What the address of the page proposes to whoever is new: an account, and whom to meet. `#/sign-in?as=you&meet=echo,employee` */
import { type IMClient, isId } from 'im-client'

/** A proposal. */
export interface Invitation {
  readonly agentId: string | undefined
  readonly meet: readonly string[]
}

/** Whom an invitation may name, at most. */
const MAX_MEET = 10

/** Reads an address; what is no id is left out. */
export function readInvitation(hash: string): Invitation {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?')
  const params = new URLSearchParams(path === 'sign-in' ? query : '')
  const agentId = params.get('as')
  const meet = (params.get('meet') ?? '').split(',').filter(isId)
  return { agentId: isId(agentId) ? agentId : undefined, meet: meet.slice(0, MAX_MEET) }
}

/** Makes contacts of those who are to be met and are none yet. */
export async function meet(client: IMClient, invitation: Invitation): Promise<void> {
  const known = new Set((await client.listContacts()).map(({ contactId }) => contactId))
  for (const contactId of invitation.meet) {
    if (!known.has(contactId)) await client.addContact({ contactId, name: contactId })
  }
}
