/** What waits for a digital employee, what it works on, and what it has given up. */
import { Alert, Progress } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import type { Stats } from 'im-client'
import { type PendingQueue, useConnection, usePendingQueue } from 'im-client/adapters/react'
import { errorText } from '../errors.ts'
import type { Reach, Supervision } from '../host/host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { STATE_TONES } from '../shell/connection-words.ts'
import { DeadLetters } from './dead-letters.tsx'
import { PendingItem } from './pending-item.tsx'
import classes from './queue-screen.module.css'
import { useReach } from './use-supervision.ts'

/** Items that are shown at once; of more, how many there are. */
const SHOWN = 200

/** The board of one queue. */
export function QueueBoard({ supervision }: { readonly supervision: Supervision }) {
  const { t } = useTexts()
  const reach = useReach(supervision)
  const queue = usePendingQueue()
  const { items, deadLetters, isLoading } = queue
  if (reach.name === 'refused') return <Unreached reach={reach} />
  return (
    <>
      {reach.name !== 'running' && <Unreached reach={reach} />}
      {!isLoading && (
        <>
          <Numbers queue={queue} isRunning={reach.name === 'running'} />
          <section aria-label={t('queue.items')} className={classes['section']}>
            <h2 className={classes['heading']}>{t('queue.items')}</h2>
            {items.length === 0 && <p className={classes['nothing']}>{t('queue.empty')}</p>}
            <ul className={classes['list']}>
              {items.slice(0, SHOWN).map(item => (
                <PendingItem key={`${item.message.conversationId} ${item.message.id}`} item={item} />
              ))}
            </ul>
            {items.length > SHOWN && <p>{t('queue.more', { count: items.length - SHOWN })}</p>}
          </section>
          <DeadLetters letters={deadLetters.slice(0, SHOWN)} count={deadLetters.length} />
        </>
      )}
    </>
  )
}

/** Why nothing new is seen. */
function Unreached({ reach }: { readonly reach: Reach }) {
  const { t } = useTexts()
  if (reach.name === 'running' || reach.name === 'closed') return null
  const text = reach.name === 'refused' ? errorText(reach.error) : t(`queue.reachHint.${reach.name}`)
  return (
    <Alert
      variant="light"
      color={reach.name === 'connecting' ? 'gray' : reach.name === 'refused' ? 'red' : 'yellow'}
      icon={<IconPlugConnectedX aria-hidden />}
      title={t(`queue.reach.${reach.name}`)}
      role="status"
      data-reach={reach.name}
      className={classes['alert']}
    >
      {text}
    </Alert>
  )
}

function Numbers({ queue, isRunning }: { readonly queue: PendingQueue; readonly isRunning: boolean }) {
  const { t } = useTexts()
  const { name } = useConnection()
  const { items, deadLetters, stats } = queue
  const claimed = items.filter(({ state }) => state === 'claimed').length
  return (
    <dl className={classes['numbers']}>
      <Figure label={t('queue.waiting')} value={items.length - claimed} />
      <Figure label={t('queue.claimed')} value={claimed} tone="accent" />
      <Figure label={t('queue.dead')} value={deadLetters.length} tone={deadLetters.length > 0 ? 'bad' : undefined} />
      <Depth depth={items.length} stats={stats} />
      <div className={classes['figure']}>
        <dt>{t('queue.connection')}</dt>
        <dd className={classes['state']} data-tone={isRunning ? STATE_TONES[name] : 'off'}>
          {isRunning ? t(`connection.${name}`) : t('queue.unknown')}
        </dd>
      </div>
    </dl>
  )
}

interface FigureProps {
  readonly label: string
  readonly value: number
  readonly tone?: 'accent' | 'bad' | undefined
}

function Figure({ label, value, tone }: FigureProps) {
  const { i18n } = useTexts()
  return (
    <div className={classes['figure']}>
      <dt>{label}</dt>
      <dd data-tone={tone}>{value.toLocaleString(i18n.language)}</dd>
    </div>
  )
}

/** How full it is, where there is a limit. */
function Depth({ depth, stats }: { readonly depth: number; readonly stats: Stats | undefined }) {
  const { t } = useTexts()
  const limit = stats?.queueLimit
  if (limit === undefined) {
    return (
      <div className={classes['figure']}>
        <dt>{t('queue.limit')}</dt>
        <dd>
          {depth} <span className={classes['quiet']}>{t('queue.noLimit')}</span>
        </dd>
      </div>
    )
  }
  return (
    <div className={classes['figure']}>
      <dt>{t('queue.limit')}</dt>
      <dd>
        {depth} / {limit}
        <Progress
          value={Math.min(100, (100 * depth) / limit)}
          color={depth >= limit ? 'red' : 'indigo'}
          size="xs"
          mt={6}
          aria-label={t('queue.limit')}
        />
      </dd>
    </div>
  )
}
