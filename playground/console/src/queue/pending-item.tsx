/** One piece of work: what it is, who has it in hands and for how long, and what went wrong before. */
import { Badge, Progress } from '@mantine/core'
import type { PendingEntry } from 'im-client'
import { memo } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useNow } from '../use-now.ts'
import { useTimeFormat } from '../use-time-format.tsx'
import { MessageExcerpt } from './message-excerpt.tsx'
import classes from './queue-screen.module.css'

/** An item of the queue. */
export const PendingItem = memo(function PendingItem({ item }: { readonly item: PendingEntry }) {
  const { t } = useTexts()
  const time = useTimeFormat()
  const { message, state, attempts, receivedAt, lease, lastError } = item
  return (
    <li className={classes['item']} data-item={message.id} data-state={state}>
      <div className={classes['what']}>
        <MessageExcerpt message={message} />
        {lastError !== undefined && (
          <p className={classes['problem']}>
            {t('queue.lastError')} <bdi>{readable(lastError)}</bdi>
          </p>
        )}
      </div>
      <div className={classes['facts']}>
        <StateBadge item={item} />
        {lease && <Lease lease={lease} />}
        <span className={classes['quiet']} title={time.full(receivedAt)}>
          {t('queue.received', { time: time.short(receivedAt, Date.now()) })}
          {attempts > 0 && ` · ${t('queue.attempts', { count: attempts })}`}
        </span>
      </div>
    </li>
  )
})

function StateBadge({ item: { state, notBefore } }: { readonly item: PendingEntry }) {
  const { t } = useTexts()
  const time = useTimeFormat()
  const now = useNow(1000)
  if (state === 'claimed') return <Badge variant="light">{t('queue.state.claimed')}</Badge>
  if (notBefore !== undefined && Date.parse(notBefore) > now) {
    return (
      <Badge variant="light" color="yellow" title={time.full(notBefore)}>
        {t('queue.state.putOff', { seconds: Math.ceil((Date.parse(notBefore) - now) / 1000) })}
      </Badge>
    )
  }
  return (
    <Badge variant="light" color="gray">
      {t('queue.state.waiting')}
    </Badge>
  )
}

/** What is left of a lease, as a bar that shrinks. */
function Lease({ lease }: { readonly lease: NonNullable<PendingEntry['lease']> }) {
  const { t } = useTexts()
  const now = useNow(500)
  const until = Date.parse(lease.until)
  const whole = Math.max(1, until - Date.parse(lease.claimedAt))
  const leftMs = Math.max(0, until - now)
  const text = t('queue.leaseLeft', { seconds: Math.ceil(leftMs / 1000) })
  return (
    <span className={classes['lease']}>
      <Progress value={Math.min(100, (100 * leftMs) / whole)} size="sm" aria-label={text} className={classes['bar']} />
      <span className={classes['quiet']}>{text}</span>
    </span>
  )
}
