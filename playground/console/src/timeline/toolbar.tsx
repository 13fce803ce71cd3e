/** What can be done with the message that is looked at. */

import { Menu } from '@mantine/core'
import { IconArrowBackUp, IconCopy, IconDots, IconMoodSmile, IconPencil, IconTrash } from '@tabler/icons-react'
import type { Message } from 'im-client'
import type { ReactNode, Ref } from 'react'
import { useTexts } from '../i18n/use-texts.tsx'
import { useMessageActions } from './message-actions.ts'
import { OFFERED_REACTIONS } from './reactions.tsx'
import classes from './toolbar.module.css'

/** A small bar above a message. */
export function Toolbar({ message, isOwn }: { readonly message: Message; readonly isOwn: boolean }) {
  const { t } = useTexts()
  const { reply } = useMessageActions()
  return (
    <div className={classes['bar']} role="toolbar" aria-label={t('message.actions')}>
      {message.seq !== undefined && <ReactionPicker message={message} />}
      <ToolButton label={t('message.reply')} onClick={() => reply(message)}>
        <IconArrowBackUp size={17} stroke={1.7} aria-hidden />
      </ToolButton>
      <More message={message} isOwn={isOwn} />
    </div>
  )
}

interface ToolButtonProps {
  readonly label: string
  readonly onClick?: () => void
  readonly children: ReactNode
  readonly ref?: Ref<HTMLButtonElement>
}

function ToolButton({ label, children, ...others }: ToolButtonProps) {
  return (
    <button type="button" {...others} className={classes['tool']} aria-label={label} title={label}>
      {children}
    </button>
  )
}

function ReactionPicker({ message }: { readonly message: Message }) {
  const { t } = useTexts()
  const { react } = useMessageActions()
  return (
    <Menu position="top" shadow="md" withinPortal>
      <Menu.Target>
        <ToolButton label={t('message.react')}>
          <IconMoodSmile size={17} stroke={1.7} aria-hidden />
        </ToolButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes['picker']}>
          {OFFERED_REACTIONS.map(reaction => (
            <Menu.Item key={reaction} className={classes['emoji']} onClick={() => react(message, reaction)}>
              {reaction}
            </Menu.Item>
          ))}
        </div>
      </Menu.Dropdown>
    </Menu>
  )
}

function More({ message, isOwn }: { readonly message: Message; readonly isOwn: boolean }) {
  const { t } = useTexts()
  const { edit, remove } = useMessageActions()
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <ToolButton label={t('message.more')}>
          <IconDots size={17} stroke={1.7} aria-hidden />
        </ToolButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopy size={16} />}
          onClick={() => void navigator.clipboard.writeText(message.text)}
        >
          {t('message.copyText')}
        </Menu.Item>
        {isOwn && (
          <>
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => edit(message)}>
              {t('message.edit')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => remove(message)}>
              {t('message.delete')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
