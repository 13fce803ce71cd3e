/** The contacts: who there is to speak to, and what they are for. */
import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconMessage, IconPencil, IconPlus, IconSearch } from '@tabler/icons-react'
import type { Contact } from 'im-client'
import { useContacts } from 'im-client/adapters/react'
import { useState } from 'react'
import { plainName, readable } from '../../../plain-text/direction.ts'
import { Avatar } from '../directory/avatar.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate } from '../route.ts'
import { Screen } from '../shell/screen.tsx'
import { ContactDialog } from './contact-dialog.tsx'
import classes from './contacts-screen.module.css'

/** The screen of the contacts. */
export function ContactsScreen() {
  const { t } = useTexts()
  const { contacts, isLoading } = useContacts()
  const [filter, setFilter] = useState('')
  const [editing, setEditing] = useState<{ readonly contact?: Contact }>()
  const shown = contacts.filter(contact => matches(contact, filter))
  return (
    <Screen
      title={t('contacts.title')}
      actions={
        <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setEditing({})}>
          {t('contacts.add')}
        </Button>
      }
    >
      <div className={classes['page']}>
        <TextInput
          value={filter}
          onChange={event => setFilter(event.currentTarget.value)}
          placeholder={t('contacts.filter')}
          aria-label={t('contacts.filter')}
          leftSection={<IconSearch size={15} aria-hidden />}
          type="search"
          data-filter
        />
        <ul className={classes['list']}>
          {shown.map(contact => (
            <ContactItem key={contact.contactId} contact={contact} onEdit={() => setEditing({ contact })} />
          ))}
        </ul>
        {shown.length === 0 && !isLoading && (
          <p className={classes['empty']}>{t(filter ? 'contacts.noneFound' : 'contacts.none')}</p>
        )}
      </div>
      <ContactDialog
        key={editing?.contact?.contactId}
        contact={editing?.contact}
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
      />
    </Screen>
  )
}

function ContactItem({ contact, onEdit }: { readonly contact: Contact; readonly onEdit: () => void }) {
  const { t } = useTexts()
  const { contactId, description = '' } = contact
  const name = plainName(contact.name || contactId)
  return (
    <li className={classes['item']}>
      <Avatar id={contactId} presence />
      <div className={classes['text']}>
        <p className={classes['name']}>
          <bdi>{name}</bdi>
          {name !== plainName(contactId) && <bdi className={classes['id']}>{plainName(contactId)}</bdi>}
        </p>
        {description && (
          <p className={classes['description']}>
            <bdi>{readable(description)}</bdi>
          </p>
        )}
      </div>
      <ActionIcon variant="subtle" color="gray" size="lg" onClick={onEdit} aria-label={t('contacts.editOne', { name })}>
        <IconPencil size={18} stroke={1.7} />
      </ActionIcon>
      <ActionIcon
        variant="light"
        size="lg"
        onClick={() => navigate({ section: 'chats', id: contactId })}
        aria-label={t('contacts.write', { name })}
      >
        <IconMessage size={18} stroke={1.7} />
      </ActionIcon>
    </li>
  )
}

function matches({ contactId, name = '', description = '' }: Contact, filter: string): boolean {
  const text = `${contactId} ${name} ${description}`.toLocaleLowerCase()
  return filter
    .toLocaleLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}
