/** One message of a timeline, with what stands above it and what hangs on it. */
import type { Message } from 'im-client'
import { memo, useId, useState } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { Avatar } from '../directory/avatar.tsx'
import { isGroup, useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import { Failure } from './failure.tsx'
import { MessageBody } from './message-body.tsx'
import { MessageFooter } from './message-footer.tsx'
import classes from './message-row.module.css'
import { Quote } from './quote.tsx'
import { Reactions } from './reactions.tsx'
import { type Row, timeOf } from './rows.ts'
import { Toolbar } from './toolbar.tsx'

/** A row, the message it answers where that is at hand, and whether it is the one to look at. */
export interface MessageRowProps {
  readonly row: Row
  readonly quoted: Message | undefined
  /** Whether the keys lead here. */
  readonly isCurrent: boolean
  readonly isHighlighted: boolean
}

/** A message. */
export const MessageRow = memo(function MessageRow({ row, quoted, isCurrent, isHighlighted }: MessageRowProps) {
  const { message, isFirst, isLast } = row
  const { agentId } = useDirectory()
  const [isActive, setActive] = useState(false)
  const label = useId()
  const isOwn = message.from === agentId
  const leave = (event: { readonly currentTarget: Element }) => {
    const { currentTarget } = event
    // A menu of the message that is open keeps it active.
    if (!currentTarget.contains(document.activeElement)) setActive(false)
  }
  return (
    <div className={classes['place']}>
      {row.startsDay && <DaySeparator iso={timeOf(message)} />}
      {row.startsNew && <NewSeparator />}
      <article
        className={classes['row']}
        data-own={isOwn || undefined}
        data-first={isFirst || undefined}
        data-last={isLast || undefined}
        data-highlighted={isHighlighted || undefined}
        data-message={message.id}
        aria-labelledby={label}
        tabIndex={isCurrent ? 0 : -1}
        onPointerEnter={() => setActive(true)}
        onPointerLeave={leave}
        onFocus={() => setActive(true)}
        onBlur={event => event.currentTarget.contains(event.relatedTarget) || setActive(false)}
      >
        <RowLabel id={label} message={message} isOwn={isOwn} />
        {!isOwn && <div className={classes['face']}>{isLast && <Avatar id={message.from} size="sm" />}</div>}
        <Bubble row={row} quoted={quoted} isOwn={isOwn} isActive={isActive} />
      </article>
    </div>
  )
})

interface BubbleProps {
  readonly row: Row
  readonly quoted: Message | undefined
  readonly isOwn: boolean
  readonly isActive: boolean
}

/** Statuses from which a message comes no further by itself. */
const ENDED: ReadonlySet<Message['status']> = new Set(['failed', 'expired'])

function Bubble({ row, quoted, isOwn, isActive }: BubbleProps) {
  const { message, isFirst } = row
  const { nameOf } = useDirectory()
  return (
    <div className={classes['column']}>
      {!isOwn && isFirst && isGroup(message.conversationId) && (
        <bdi className={classes['sender']}>{nameOf(message.from)}</bdi>
      )}
      <div className={classes['line']}>
        <div className={classes['bubble']} data-status={message.status}>
          {message.replyTo !== undefined && !message.deletedAt && <Quote message={message} quoted={quoted} />}
          <MessageBody message={message} />
          <MessageFooter message={message} isOwn={isOwn} />
        </div>
        {isActive && !message.deletedAt && <Toolbar message={message} isOwn={isOwn} />}
      </div>
      {isOwn && ENDED.has(message.status) && <Failure message={message} />}
      {message.reactions && !message.deletedAt && <Reactions message={message} reactions={message.reactions} />}
    </div>
  )
}

/** How much of a text is read out with the name of its row. */
const SPOKEN = 300

/** Who says what and when, for those who hear it. */
function RowLabel({ id, message, isOwn }: { readonly id: string; readonly message: Message; readonly isOwn: boolean }) {
  const { t } = useTexts()
  const { nameOf } = useDirectory()
  const { time } = useTimeFormat()
  const name = isOwn ? t('you') : nameOf(message.from)
  const text = message.deletedAt ? t('message.deleted') : readable(message.text.slice(0, SPOKEN))
  return (
    <span id={id} className="visually-hidden">
      <bdi>{name}</bdi>, {time(timeOf(message))}: <bdi>{text}</bdi>
    </span>
  )
}

function DaySeparator({ iso }: { readonly iso: string }) {
  const { day } = useTimeFormat()
  return (
    <div className={classes['day']}>
      <span>{day(iso, Date.now())}</span>
    </div>
  )
}

function NewSeparator() {
  const { t } = useTexts()
  return (
    <div className={classes['new']}>
      <span>{t('timeline.new')}</span>
    </div>
  )
}
