/** Making a group. The server makes it, so this needs a connection. */
import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core'
import { useClient } from 'im-client/adapters/react'
import { type FormEvent, useState } from 'react'
import { knownAccounts, useDirectory } from '../directory/directory.tsx'
import { errorText } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate } from '../route.ts'

/** Asks for a title and members. */
export function GroupDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('groups.new')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <GroupForm onDone={onClose} />
    </Modal>
  )
}

function useGroupForm(onDone: () => void) {
  const { t } = useTexts()
  const client = useClient()
  const [title, setTitle] = useState('')
  const [members, setMembers] = useState<string[]>([])
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (members.length === 0) return setError(t('groups.nobody'))
    setBusy(true)
    try {
      const { conversationId } = await client.createGroup({ members, ...(title.trim() ? { title: title.trim() } : {}) })
      onDone()
      navigate({ section: 'chats', id: conversationId })
    } catch (error) {
      setError(errorText(error))
    } finally {
      setBusy(false)
    }
  }
  return { title, setTitle, members, setMembers, error, isBusy, submit }
}

function GroupForm({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTexts()
  const directory = useDirectory()
  const form = useGroupForm(onDone)
  return (
    <form onSubmit={event => void form.submit(event)}>
      <Stack gap="md">
        <TextInput
          label={t('groups.title')}
          value={form.title}
          onChange={event => form.setTitle(event.currentTarget.value)}
          data-autofocus
        />
        <TagsInput
          label={t('groups.members')}
          description={t('groups.membersHint')}
          data={knownAccounts(directory)}
          value={form.members}
          onChange={form.setMembers}
          error={form.error}
          acceptValueOnBlur
          comboboxProps={{ position: 'top' }} // the button stays in reach
        />
        <Group justify="flex-end">
          <Button type="button" variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={form.isBusy}>
            {t('groups.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
