/** The list of conversations, the newest first, with a filter and the ways to begin another. */
import { ActionIcon, Loader, Menu, TextInput } from '@mantine/core'
import { IconEdit, IconMessagePlus, IconSearch, IconUsersPlus } from '@tabler/icons-react'
import type { ConversationSummary } from 'im-client/adapters/react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Virtualizer } from 'virtua'
import { useDirectory } from '../directory/directory.tsx'
import { GroupDialog } from '../groups/group-dialog.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { ConnectionPill } from '../shell/connection-pill.tsx'
import { ConversationItem } from './conversation-item.tsx'
import classes from './conversation-list.module.css'
import { NewConversation } from './new-conversation.tsx'

/** The list; the open conversation is marked. */
export function ConversationList({ current }: { readonly current: string | undefined }) {
  const { t } = useTexts()
  const { conversations, isLoading } = useDirectory()
  const [filter, setFilter] = useState('')
  const shown = useFiltered(conversations, useDeferredValue(filter))
  return (
    <section className={classes['pane']} aria-label={t('chats.title')}>
      <header className={classes['header']}>
        <h2 className={classes['title']}>{t('chats.title')}</h2>
        <ConnectionPill />
        <NewMenu />
      </header>
      <TextInput
        className={classes['filter']}
        value={filter}
        onChange={event => setFilter(event.currentTarget.value)}
        placeholder={t('chats.filter')}
        aria-label={t('chats.filter')}
        leftSection={<IconSearch size={15} aria-hidden />}
        size="sm"
        type="search"
        data-filter
      />
      {shown.length > 0 ? (
        <div className={classes['list']}>
          <Virtualizer as="ul" item="li" data={shown}>
            {conversation => (
              <ConversationItem
                key={conversation.conversationId}
                conversation={conversation}
                isCurrent={conversation.conversationId === current}
              />
            )}
          </Virtualizer>
        </div>
      ) : (
        <div className={classes['empty']}>
          {isLoading ? <Loader size="sm" /> : <p>{t(filter ? 'chats.noneFound' : 'chats.none')}</p>}
        </div>
      )}
    </section>
  )
}

function useFiltered(conversations: readonly ConversationSummary[], filter: string): readonly ConversationSummary[] {
  const { nameOf } = useDirectory()
  return useMemo(() => {
    const words = filter.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return conversations
    return conversations.filter(({ conversationId, participants }) => {
      const text = [nameOf(conversationId), conversationId, ...participants.map(nameOf)].join(' ').toLocaleLowerCase()
      return words.every(word => text.includes(word))
    })
  }, [conversations, filter, nameOf])
}

function NewMenu() {
  const { t } = useTexts()
  const [dialog, setDialog] = useState<'conversation' | 'group'>()
  const close = () => setDialog(undefined)
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('chats.new')} title={t('chats.new')}>
            <IconEdit size={19} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconMessagePlus size={16} />} onClick={() => setDialog('conversation')}>
            {t('chats.newConversation')}
          </Menu.Item>
          <Menu.Item leftSection={<IconUsersPlus size={16} />} onClick={() => setDialog('group')}>
            {t('chats.newGroup')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <NewConversation opened={dialog === 'conversation'} onClose={close} />
      <GroupDialog opened={dialog === 'group'} onClose={close} />
    </>
  )
}
