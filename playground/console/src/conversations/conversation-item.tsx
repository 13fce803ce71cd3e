/** A conversation in the list: who, what was said last and when, and how much of it is new. */

import type { ConversationSummary } from 'im-client/adapters/react'
import { memo } from 'react'
import { previewText } from '../../../plain-text/preview.ts'
import { useDrafts } from '../composer/drafts.tsx'
import { Avatar } from '../directory/avatar.tsx'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { routeHash } from '../route.ts'
import { StatusIcon } from '../timeline/status-icon.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import classes from './conversation-item.module.css'

/** How much of the last message is drawn. */
const PREVIEW = 140

/** A conversation, as a link to it. */
export const ConversationItem = memo(function ConversationItem(props: {
  readonly conversation: ConversationSummary
  readonly isCurrent: boolean
}) {
  const { t } = useTexts()
  const { conversation, isCurrent } = props
  const { conversationId, lastMessage, lastMessageAt, unreadCount } = conversation
  const { nameOf } = useDirectory()
  const { short } = useTimeFormat()
  const at = lastMessage ? (lastMessage.acceptedAt ?? lastMessage.sentAt) : lastMessageAt
  return (
    <a
      className={classes['item']}
      href={routeHash({ section: 'chats', id: conversationId })}
      aria-current={isCurrent ? 'page' : undefined}
      data-unread={unreadCount > 0 || undefined}
    >
      <Avatar id={conversationId} presence />
      <span className={classes['middle']}>
        <span className={classes['top']}>
          <bdi className={classes['name']}>{nameOf(conversationId)}</bdi>
          {at !== undefined && (
            <time className={classes['time']} dateTime={at}>
              {short(at, Date.now())}
            </time>
          )}
        </span>
        <span className={classes['bottom']}>
          <Preview conversation={conversation} isCurrent={isCurrent} />
          {unreadCount > 0 && (
            <span className={classes['unread']}>
              {unreadCount > 999 ? '999+' : unreadCount}
              <span className="visually-hidden"> {t('chats.unread')}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  )
})

function Preview({
  conversation,
  isCurrent,
}: {
  readonly conversation: ConversationSummary
  readonly isCurrent: boolean
}) {
  const { t } = useTexts()
  const { agentId, nameOf } = useDirectory()
  const draft = useDrafts().get(conversation.conversationId)
  const { lastMessage, kind } = conversation
  if (draft && !isCurrent) {
    return (
      <span className={classes['preview']}>
        <span className={classes['draft']}>{t('chats.draft')}</span> <bdi>{draft.slice(0, PREVIEW)}</bdi>
      </span>
    )
  }
  if (!lastMessage) return <span className={classes['preview']}>{kind === 'group' ? t('chats.groupMade') : ''}</span>
  const isOwn = lastMessage.from === agentId
  return (
    <>
      {isOwn && <StatusIcon status={lastMessage.status} />}
      <span className={classes['preview']}>
        {kind === 'group' && !isOwn && <bdi>{nameOf(lastMessage.from)}: </bdi>}
        <bdi>
          {lastMessage.deletedAt ? t('message.deleted') : previewText(lastMessage.text, PREVIEW) || t('message.data')}
        </bdi>
      </span>
    </>
  )
}
