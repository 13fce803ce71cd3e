/** A group: its title and its members, to be changed. */
import { ActionIcon, Autocomplete, Button, Drawer, Group, Stack, TextInput } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { Conversation, GroupChange } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { type FormEvent, useState } from 'react'
import { Avatar } from '../directory/avatar.tsx'
import { knownAccounts, useDirectory } from '../directory/directory.tsx'
import { showError } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './group-details.module.css'

/** What the details of a group need. */
export interface GroupDetailsProps {
  readonly conversation: Conversation
  readonly opened: boolean
  readonly onClose: () => void
}

/** The group, at the side. */
export function GroupDetails({ conversation, opened, onClose }: GroupDetailsProps) {
  const { t } = useTexts()
  const client = useClient()
  const change = (change: GroupChange) => client.updateGroup(conversation.conversationId, change).catch(showError)
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="sm"
      title={t('groups.details')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap="lg">
        <TitleForm key={conversation.title} title={conversation.title ?? ''} onChange={title => change({ title })} />
        <MemberList conversation={conversation} onRemove={id => change({ remove: [id] })} />
        <AddForm conversation={conversation} onAdd={id => change({ add: [id] })} />
      </Stack>
    </Drawer>
  )
}

function TitleForm({ title, onChange }: { readonly title: string; readonly onChange: (title: string) => void }) {
  const { t } = useTexts()
  const [text, setText] = useState(title)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== title) onChange(text.trim())
  }
  return (
    <form onSubmit={submit}>
      <TextInput
        label={t('groups.title')}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        rightSection={
          text.trim() === title ? null : (
            <ActionIcon type="submit" variant="subtle" aria-label={t('save')}>
              <IconCheck size={17} />
            </ActionIcon>
          )
        }
      />
    </form>
  )
}

interface MemberListProps {
  readonly conversation: Conversation
  readonly onRemove: (id: string) => void
}

function MemberList({ conversation, onRemove }: MemberListProps) {
  const { t } = useTexts()
  const { agentId, nameOf } = useDirectory()
  return (
    <section>
      <h3 className={classes['title']}>{t('groups.memberCount', { count: conversation.participants.length })}</h3>
      <ul className={classes['members']}>
        {conversation.participants.map(id => (
          <li key={id} className={classes['member']}>
            <Avatar id={id} size="sm" presence={id !== agentId} />
            <bdi className={classes['name']}>
              {nameOf(id)}
              {id === agentId && <span className={classes['you']}> {t('groups.you')}</span>}
            </bdi>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={() => onRemove(id)}
              aria-label={t(id === agentId ? 'groups.leave' : 'groups.remove', { name: nameOf(id) })}
              title={t(id === agentId ? 'groups.leave' : 'groups.remove', { name: nameOf(id) })}
            >
              <IconX size={16} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </section>
  )
}

interface AddFormProps {
  readonly conversation: Conversation
  readonly onAdd: (id: string) => void
}

function AddForm({ conversation, onAdd }: AddFormProps) {
  const { t } = useTexts()
  const directory = useDirectory()
  const [id, setId] = useState('')
  const others = knownAccounts(directory).filter(known => !conversation.participants.includes(known))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (id.trim() === '') return
    onAdd(id.trim())
    setId('')
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <Autocomplete className={classes['grow']} label={t('groups.add')} data={others} value={id} onChange={setId} />
        <Button type="submit" variant="light" disabled={id.trim() === ''}>
          {t('groups.addButton')}
        </Button>
      </Group>
    </form>
  )
}
