/** Beginning a conversation: with somebody known, or with whoever has the id. */
import { Autocomplete, Button, Group, Modal } from '@mantine/core'
import { isId } from 'im-client'
import { type FormEvent, useState } from 'react'
import { knownAccounts, useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate } from '../route.ts'

/** Asks with whom to speak. */
export function NewConversation({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('chats.newConversation')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <NewConversationForm onDone={onClose} />
    </Modal>
  )
}

function NewConversationForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTexts()
  const directory = useDirectory()
  const [id, setId] = useState('')
  const [error, setError] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const account = id.trim()
    if (!isId(account)) return setError(t('signIn.accountInvalid'))
    onDone()
    navigate({ section: 'chats', id: account })
  }
  return (
    <form onSubmit={submit}>
      <Autocomplete
        label={t('signIn.account')}
        description={t('chats.accountHint')}
        data={knownAccounts(directory)}
        value={id}
        onChange={value => {
          setId(value)
          setError(undefined)
        }}
        error={error}
        data-autofocus
      />
      <Group justify="flex-end" mt="lg">
        <Button type="button" variant="default" onClick={onDone}>
          {t('cancel')}
        </Button>
        <Button type="submit">{t('chats.begin')}</Button>
      </Group>
    </form>
  )
}
