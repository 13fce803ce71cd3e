/** A contact: what it is called here, and what it is for. */
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { type Contact, isId } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { type FormEvent, useState } from 'react'
import { errorText } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'

/** What the dialog is about: a contact to change, or an id to add, or neither. */
export interface ContactDialogProps {
  readonly contact?: Contact | undefined
  readonly contactId?: string | undefined
  readonly opened: boolean
  readonly onClose: () => void
}

/** Adds, changes or removes a contact. */
export function ContactDialog({ contact, contactId, opened, onClose }: ContactDialogProps) {
  const { t } = useTexts()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t(contact ? 'contacts.edit' : 'contacts.add')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <ContactForm contact={contact} contactId={contactId} onDone={onClose} />
    </Modal>
  )
}

interface ContactFormProps extends Pick<ContactDialogProps, 'contact' | 'contactId'> {
  readonly onDone: () => void
}

function useContactForm({ contact, contactId, onDone }: ContactFormProps) {
  const { t } = useTexts()
  const client = useClient()
  const [id, setId] = useState(contact?.contactId ?? contactId ?? '')
  const [name, setName] = useState(contact?.name ?? '')
  const [description, setDescription] = useState(contact?.description ?? '')
  const [error, setError] = useState<string>()
  const run = async (work: () => Promise<unknown>) => {
    try {
      await work()
      onDone()
    } catch (error) {
      setError(errorText(error))
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isId(id.trim())) return setError(t('signIn.accountInvalid'))
    void run(() => client.addContact({ contactId: id.trim(), name: name.trim(), description: description.trim() }))
  }
  const remove = () => void run(() => client.removeContact(id))
  return { id, setId, name, setName, description, setDescription, error, submit, remove }
}

function ContactForm(props: ContactFormProps) {
  const { t } = useTexts()
  const form = useContactForm(props)
  const isFixed = props.contact !== undefined || props.contactId !== undefined
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput
          label={t('signIn.account')}
          value={form.id}
          onChange={event => form.setId(event.currentTarget.value)}
          readOnly={isFixed}
          error={form.error}
          data-autofocus={isFixed ? undefined : true}
        />
        <TextInput
          label={t('contacts.name')}
          value={form.name}
          onChange={event => form.setName(event.currentTarget.value)}
          data-autofocus={isFixed ? true : undefined}
        />
        <Textarea
          label={t('contacts.description')}
          value={form.description}
          onChange={event => form.setDescription(event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={6}
        />
        <Group justify="space-between">
          {props.contact ? (
            <Button type="button" variant="subtle" color="red" onClick={form.remove}>
              {t('contacts.remove')}
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button type="button" variant="default" onClick={props.onDone}>
              {t('cancel')}
            </Button>
            <Button type="submit">{t('save')}</Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
