/** The head of a conversation: with whom, whether they are there, and what can be changed. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconInfoCircle, IconUserPlus } from '@tabler/icons-react'
import type { Conversation } from 'im-client'
import { useState } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { ContactDialog } from '../contacts/contact-dialog.tsx'
import { Avatar } from '../directory/avatar.tsx'
import { isGroup, useDirectory } from '../directory/directory.tsx'
import { GroupDetails } from '../groups/group-details.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { routeHash } from '../route.ts'
import { ConnectionPill } from '../shell/connection-pill.tsx'
import classes from './conversation-header.module.css'

/** What the head shows. */
export interface ConversationHeaderProps {
  readonly conversationId: string
  readonly conversation: Conversation | undefined
}

/** The head, with the way back on a phone. */
export function ConversationHeader({ conversationId, conversation }: ConversationHeaderProps) {
  const { t } = useTexts()
  const { nameOf } = useDirectory()
  return (
    <header className={classes['header']}>
      <ActionIcon
        component="a"
        href={routeHash({ section: 'chats' })}
        className={classes['back'] ?? ''}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('back')}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <Avatar id={conversationId} size="sm" presence />
      <div className={classes['names']}>
        <h2 className={classes['name']}>
          <bdi>{nameOf(conversationId)}</bdi>
        </h2>
        <Subtitle conversationId={conversationId} conversation={conversation} />
      </div>
      <div className={classes['pill']}>
        <ConnectionPill />
      </div>
      <DetailsButton conversationId={conversationId} conversation={conversation} />
    </header>
  )
}

function Subtitle({ conversationId, conversation }: ConversationHeaderProps) {
  const { t } = useTexts()
  const { agentId, contacts, nameOf, isOnline } = useDirectory()
  if (isGroup(conversationId)) {
    const names = (conversation?.participants ?? []).map(id => (id === agentId ? t('you') : nameOf(id))).join(', ')
    return (
      <p className={classes['subtitle']}>
        <bdi>{names}</bdi>
      </p>
    )
  }
  const online = isOnline(conversationId)
  const { description } = contacts.get(conversationId) ?? {}
  const words = [online === undefined ? undefined : t(online ? 'presence.online' : 'presence.offline'), description]
  const text = words.filter(Boolean).join(' · ')
  return text === '' ? null : (
    <p className={classes['subtitle']}>
      <bdi>{readable(text)}</bdi>
    </p>
  )
}

function DetailsButton({ conversationId, conversation }: ConversationHeaderProps) {
  const { t } = useTexts()
  const { contacts } = useDirectory()
  const [open, setOpen] = useState(false)
  const contact = contacts.get(conversationId)
  const group = isGroup(conversationId)
  const label = t(group ? 'groups.details' : contact ? 'contacts.edit' : 'contacts.add')
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={() => setOpen(true)} aria-label={label}>
          {group || contact ? <IconInfoCircle size={20} stroke={1.6} /> : <IconUserPlus size={20} stroke={1.6} />}
        </ActionIcon>
      </Tooltip>
      {group && conversation && (
        <GroupDetails conversation={conversation} opened={open} onClose={() => setOpen(false)} />
      )}
      {!group && (
        <ContactDialog contactId={conversationId} contact={contact} opened={open} onClose={() => setOpen(false)} />
      )}
    </>
  )
}
