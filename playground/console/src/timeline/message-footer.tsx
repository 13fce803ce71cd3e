/** The small print of a message: its time, whether it was edited, how far it has come. */
import { Popover, UnstyledButton } from '@mantine/core'
import type { Message } from 'im-client'
import { useState } from 'react'
import { isGroup } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import classes from './message-footer.module.css'
import { Recipients } from './recipients.tsx'
import { timeOf } from './rows.ts'
import { StatusIcon } from './status-icon.tsx'

/** The time and the status of a message. */
export function MessageFooter({ message, isOwn }: { readonly message: Message; readonly isOwn: boolean }) {
  const { t } = useTexts()
  const { time, full } = useTimeFormat()
  const at = timeOf(message)
  return (
    <div className={classes['footer']}>
      {message.replyKind && <span className={classes['kind']}>{t(`replyKind.${message.replyKind}`)}</span>}
      {message.editedAt && !message.deletedAt && <span title={full(message.editedAt)}>{t('message.edited')}</span>}
      <time dateTime={at} title={full(at)}>
        {time(at)}
      </time>
      {isOwn && <Status message={message} />}
    </div>
  )
}

/** In a group the status opens to tell of each member. */
function Status({ message }: { readonly message: Message }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  const icon = <StatusIcon status={message.status} />
  if (!isGroup(message.conversationId) || message.seq === undefined) return icon
  if (!open) {
    return (
      <UnstyledButton className={classes['status']} onClick={() => setOpen(true)} title={t('recipients.open')}>
        {icon}
      </UnstyledButton>
    )
  }
  return (
    <Popover opened onChange={setOpen} position="top-end" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes['status']} onClick={() => setOpen(false)}>
          {icon}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t('recipients.title')}>
        <Recipients message={message} />
      </Popover.Dropdown>
    </Popover>
  )
}
