/** The messages of a conversation, however many: only those in sight are drawn. */
import { Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import type { Message } from 'im-client'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { VList } from 'virtua'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { type MessageActions, MessageActionsProvider } from './message-actions.ts'
import { MessageRow } from './message-row.tsx'
import { type Row, rowsOf } from './rows.ts'
import classes from './timeline.module.css'
import { useJump } from './use-jump.ts'
import { type Pages, type Scrolling, useScrolling } from './use-scrolling.ts'

/** Pixels that are drawn beyond the edges, while the newest messages are read. */
const BUFFER = 400
/** The same for whoever scrolls: a row is measured before it is shown, which takes a frame. */
const SCROLLING_BUFFER = 800

/** What a timeline shows. */
export interface TimelineProps {
  readonly messages: readonly Message[]
  readonly pages: Pages
  readonly isLoading: boolean
  /** Up to where everything was read when the conversation was opened. */
  readonly readSeq: number | undefined
  /** A message to show. */
  readonly seq: number | undefined
  readonly actions: Omit<MessageActions, 'jump'>
  /** Told whether the end is in sight. */
  readonly onEnd: (isAtEnd: boolean) => void
}

function useRows({ messages, readSeq }: Pick<TimelineProps, 'messages' | 'readSeq'>): readonly Row[] {
  const { agentId } = useDirectory()
  const before = useRef<readonly Row[]>([])
  const rows = useMemo(() => rowsOf(messages, { agentId, readSeq }, before.current), [messages, agentId, readSeq])
  before.current = rows
  return rows
}

/** The timeline of a conversation. */
export function Timeline(props: TimelineProps) {
  const { t } = useTexts()
  const { agentId } = useDirectory()
  const { pages, isLoading, seq, actions, onEnd } = props
  const scrolling = useScrolling(useRows(props), agentId, pages)
  const { rows, list, isAtEnd } = scrolling
  const { marked, jump, jumpToSeq } = useJump(list, rows, pages)
  useEffect(() => onEnd(isAtEnd), [isAtEnd, onEnd])
  useEffect(() => {
    if (seq !== undefined) jumpToSeq(seq)
  }, [seq, jumpToSeq])
  const doings = useMemo(() => ({ ...actions, jump }), [actions, jump])
  if (rows.length === 0)
    return <div className={classes['empty']}>{isLoading ? <Loader size="sm" /> : t('timeline.empty')}</div>
  return (
    <MessageActionsProvider value={doings}>
      <div className={classes['frame']}>
        <RowList scrolling={scrolling} marked={marked} />
        {!isAtEnd && <EndButton missed={scrolling.missed} onClick={scrolling.toNewest} />}
      </div>
    </MessageActionsProvider>
  )
}

interface RowListProps {
  readonly scrolling: Scrolling
  readonly marked: string | undefined
}

function RowList({ scrolling, marked }: RowListProps) {
  const { t } = useTexts()
  const { rows, list, shift, isAtEnd, onScroll, onResize } = scrolling
  const [current, setCurrent] = useState<string>()
  const byId = useMemo(() => new Map(rows.map(({ message }) => [message.id, message])), [rows])
  const currentId = current !== undefined && byId.has(current) ? current : rows.at(-1)?.message.id
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const row = (event.target as Element).closest('[data-message]')
    if (step === undefined || row !== event.target) return
    const index = rows.findIndex(({ message }) => message.id === row?.getAttribute('data-message'))
    const next = rows[index + step]?.message.id
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    list.current?.scrollToIndex(index + step, { align: 'nearest' })
    requestAnimationFrame(() => focusRow(next))
  }
  return (
    <VList
      ref={list}
      className={classes['list']}
      data={rows}
      shift={shift}
      bufferSize={isAtEnd ? BUFFER : SCROLLING_BUFFER}
      onScroll={onScroll}
      onResize={onResize}
      onKeyDown={onKeyDown}
      role="feed"
      aria-label={t('timeline.label')}
      data-testid="timeline"
    >
      {(row: Row) => (
        <MessageRow
          key={row.message.id}
          row={row}
          quoted={row.message.replyTo === undefined ? undefined : byId.get(row.message.replyTo)}
          isCurrent={row.message.id === currentId}
          isHighlighted={row.message.id === marked}
        />
      )}
    </VList>
  )
}

function focusRow(messageId: string): void {
  document.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)?.focus()
}

function EndButton({ missed, onClick }: { readonly missed: number; readonly onClick: () => void }) {
  const { t } = useTexts()
  return (
    <button type="button" className={classes['end']} onClick={onClick} data-missed={missed || undefined}>
      <IconArrowDown size={18} aria-hidden />
      {missed > 0 ? (
        <span>{t('timeline.missed', { count: missed })}</span>
      ) : (
        <span className="visually-hidden">{t('timeline.toEnd')}</span>
      )}
    </button>
  )
}
