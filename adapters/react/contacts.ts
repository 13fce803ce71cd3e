/** The contacts, as a component sees them. */
import type { Change, Contact } from '../../src/index.ts'
import { keepList } from './identity.ts'
import { useStore } from './provider.ts'
import { type Loadable, Store } from './store.ts'
import type { Kind } from './stores.ts'

/** What {@link useContacts} gives. */
export interface Contacts extends Loadable {
  /** By id. */
  readonly contacts: readonly Contact[]
}

class ContactStore extends Store<Contacts> {
  protected override concerns({ contacts }: Change): boolean {
    return contacts
  }

  protected override async read() {
    const contacts = await this.client.listContacts()
    return { contacts: keepList(this.state.contacts, contacts, ({ contactId }) => contactId) }
  }
}

const KIND: Kind<Contacts> = { initial: { contacts: [], isLoading: true }, Store: ContactStore }

/** Every contact. */
export function useContacts(): Contacts {
  return useStore(KIND)
}
