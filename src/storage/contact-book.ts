/** The contacts of an agent. */
import { IMError } from '../errors.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import { type Contact, contactSchema } from '../model/contact.ts'
import { requireId } from '../model/id.ts'
import { Collection } from './collection.ts'
import type { StorageAdapter, WriteOperation } from './contract.ts'
import type { Workspace } from './workspace.ts'

/** What a contact is called and what it is for. */
export interface ContactDetails {
  readonly name?: string
  readonly description?: string
}

/** Keeps contacts. Every change is stored when it resolves. */
export class ContactBook {
  readonly #storage: StorageAdapter
  readonly #contacts
  readonly #clock: Clock
  readonly #onChange: () => void

  /** `onChange` is told of each change that was stored. */
  constructor({ storage }: Workspace, clock: Clock, onChange: () => void) {
    this.#storage = storage
    this.#contacts = new Collection(storage, 'contacts', contactSchema)
    this.#clock = clock
    this.#onChange = onChange
  }

  /** Adds a contact; one that is there already gets the new details. @throws IMError `ID_INVALID` */
  async add({ contactId, name, description }: ContactDetails & { readonly contactId: string }): Promise<Contact> {
    requireId(contactId, 'contact')
    const known = await this.get(contactId)
    const contact = { contactId, addedAt: isoTime(this.#clock), ...known, ...given({ name, description }) }
    return await this.#put(known ? { ...contact, updatedAt: isoTime(this.#clock) } : contact)
  }

  /** @throws IMError `CONTACT_NOT_FOUND` */
  async update(contactId: string, { name, description }: ContactDetails): Promise<Contact> {
    const known = await this.get(contactId)
    if (!known)
      throw new IMError('CONTACT_NOT_FOUND', 'There is no such contact; add it first.', { details: { contactId } })
    return await this.#put({ ...known, ...given({ name, description }), updatedAt: isoTime(this.#clock) })
  }

  /** Removes a contact, where there is one. Its messages stay. */
  remove(contactId: string): Promise<void> {
    return this.#write(this.#contacts.delete(contactId))
  }

  get(contactId: string): Promise<Contact | undefined> {
    return this.#contacts.get(contactId)
  }

  /** Every contact, by id. */
  list(): Promise<Contact[]> {
    return this.#contacts.all()
  }

  async #put(contact: Contact): Promise<Contact> {
    await this.#write(this.#contacts.put(contact, contact.contactId))
    return contact
  }

  async #write(operation: WriteOperation): Promise<void> {
    await this.#storage.write([operation])
    this.#onChange()
  }
}

/** @throws TypeError for what is no text: stored, it would make every contact unreadable */
function given(details: ContactDetails): ContactDetails {
  for (const [name, value] of Object.entries(details)) {
    if (value !== undefined && typeof value !== 'string') throw new TypeError(`The ${name} of a contact is a text.`)
  }
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
}
