/** What the address of the page proposes to whoever is new: an account, and whom to meet. `#/sign-in?as=you&meet=echo,employee` */
import i18next from 'i18next'
import { type IMClient, isId } from 'im-client'
import en from '../i18n/en.json'

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

/** What to know of somebody, by the id; `undefined` for who is a stranger here too. */
export type Describe = (contactId: string) => string | undefined

/** What the samples are for, in the language of the page. */
export const describeSample: Describe = contactId =>
  Object.hasOwn(en.samples, contactId) ? i18next.t(`samples.${contactId as keyof typeof en.samples}`) : undefined

/** Makes contacts of those who are to be met and are none yet. */
export async function meet(client: IMClient, invitation: Invitation, describe: Describe): Promise<void> {
  const known = new Set((await client.listContacts()).map(({ contactId }) => contactId))
  for (const contactId of invitation.meet) {
    if (known.has(contactId)) continue
    const description = describe(contactId)
    await client.addContact({ contactId, name: contactId, ...(description === undefined ? {} : { description }) })
  }
}
