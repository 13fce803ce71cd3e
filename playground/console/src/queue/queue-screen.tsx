/** The pending queue of a digital employee: its items, leases and attempts, and its dead letters. */
import { Loader, SegmentedControl } from '@mantine/core'
import { IMClientProvider } from 'im-client/adapters/react'
import { errorText } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate } from '../route.ts'
import { Screen } from '../shell/screen.tsx'
import { QueueBoard } from './queue-board.tsx'
import classes from './queue-screen.module.css'
import { useSupervision } from './use-supervision.ts'
import { useWorkspaces } from './use-workspaces.ts'

/** The queue of a workspace, by default of the first that the person may see. */
export function QueueScreen({ workspace }: { readonly workspace?: string | undefined }) {
  const { t } = useTexts()
  const { names, error } = useWorkspaces()
  const current = workspace ?? names?.[0]
  return (
    <Screen
      title={t('queue.title')}
      description={current === undefined ? t('queue.lead') : t('queue.of', { name: current })}
      actions={
        names && names.length > 1 ? (
          <SegmentedControl
            size="xs"
            data={[...names]}
            value={current ?? ''}
            onChange={id => navigate({ section: 'queue', id })}
          />
        ) : undefined
      }
    >
      <div className={classes['page']}>
        {error !== undefined && <p className={classes['nothing']}>{errorText(error)}</p>}
        {error === undefined && names === undefined && <Loader size="sm" className={classes['loader']} />}
        {names !== undefined && current === undefined && <p className={classes['nothing']}>{t('queue.nobody')}</p>}
        {names !== undefined && current !== undefined && <Supervised key={current} workspace={current} />}
      </div>
    </Screen>
  )
}

function Supervised({ workspace }: { readonly workspace: string }) {
  const supervision = useSupervision(workspace)
  if (!supervision) return null
  return (
    <IMClientProvider client={supervision.client}>
      <QueueBoard supervision={supervision} />
    </IMClientProvider>
  )
}
