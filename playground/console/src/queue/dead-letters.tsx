/** What was given up: why, and what a person can do about it. */
import { ActionIcon, Badge, Button, Group, Modal, Tooltip } from '@mantine/core'
import { IconRefresh, IconTrash } from '@tabler/icons-react'
import type { DeadLetter, DeadLetterQuery, IMClient } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useState } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { showError } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import { MessageExcerpt } from './message-excerpt.tsx'
import classes from './queue-screen.module.css'

/** What is to be thrown away, once a person has said so twice. */
interface Purge {
  readonly query: DeadLetterQuery
  readonly count: number
}

/** The dead letters, each with its reason. `count` says how many there are beyond those that are shown. */
export function DeadLetters({ letters, count }: { readonly letters: readonly DeadLetter[]; readonly count: number }) {
  const { t } = useTexts()
  const client = useClient()
  const [purge, setPurge] = useState<Purge>()
  return (
    <section aria-label={t('queue.dead')} className={classes['section']}>
      <div className={classes['bar-of-actions']}>
        <h2 className={classes['heading']}>{t('queue.dead')}</h2>
        {count > 0 && (
          <Group gap="xs">
            <Button size="compact-sm" variant="light" onClick={() => redrive(client, {})}>
              {t('queue.redriveAll')}
            </Button>
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setPurge({ query: {}, count })}>
              {t('queue.purgeAll')}
            </Button>
          </Group>
        )}
      </div>
      {count === 0 && <p className={classes['nothing']}>{t('queue.noneDead')}</p>}
      <ul className={classes['list']}>
        {letters.map(letter => (
          <Letter key={`${letter.message.conversationId} ${letter.message.id}`} letter={letter} onPurge={setPurge} />
        ))}
      </ul>
      {count > letters.length && <p>{t('queue.more', { count: count - letters.length })}</p>}
      <PurgeDialog purge={purge} onDone={() => setPurge(undefined)} />
    </section>
  )
}

function Letter({ letter, onPurge }: { readonly letter: DeadLetter; readonly onPurge: (purge: Purge) => void }) {
  const { t } = useTexts()
  const time = useTimeFormat()
  const client = useClient()
  const { kind, message, reason, code, attempts, failedAt } = letter
  const query = { messageIds: [message.id], conversationId: message.conversationId }
  return (
    <li className={classes['item']} data-letter={message.id}>
      <div className={classes['what']}>
        <MessageExcerpt message={message} />
        <p className={classes['problem']}>
          <bdi>{readable(reason)}</bdi> {code && <code>{code}</code>}
        </p>
      </div>
      <div className={classes['facts']}>
        <Badge variant="light" color={kind === 'held' ? 'yellow' : 'red'}>
          {t(`queue.kind.${kind}`)}
        </Badge>
        <span className={classes['quiet']} title={time.full(failedAt)}>
          {t('queue.failed', { time: time.short(failedAt, Date.now()) })}
          {attempts > 0 && ` · ${t('queue.attempts', { count: attempts })}`}
        </span>
      </div>
      <Group gap={4} wrap="nowrap">
        <Tooltip label={t('queue.redrive')}>
          <ActionIcon variant="light" size="lg" aria-label={t('queue.redrive')} onClick={() => redrive(client, query)}>
            <IconRefresh size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('queue.purge')}>
          <ActionIcon
            variant="subtle"
            color="red"
            size="lg"
            aria-label={t('queue.purge')}
            onClick={() => onPurge({ query, count: 1 })}
          >
            <IconTrash size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  )
}

function PurgeDialog({ purge, onDone }: { readonly purge: Purge | undefined; readonly onDone: () => void }) {
  const { t } = useTexts()
  const client = useClient()
  const throwAway = () => {
    client.purgeDeadLetters(purge?.query).catch(showError)
    onDone()
  }
  return (
    <Modal
      opened={purge !== undefined}
      onClose={onDone}
      title={t('queue.purgeTitle', { count: purge?.count ?? 0 })}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <p className={classes['quiet']}>{t('queue.purgeHint')}</p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onDone} data-autofocus>
          {t('cancel')}
        </Button>
        <Button color="red" onClick={throwAway}>
          {t('queue.purge')}
        </Button>
      </Group>
    </Modal>
  )
}

function redrive(client: IMClient, query: DeadLetterQuery): void {
  client.redriveDeadLetters(query).catch(showError)
}
