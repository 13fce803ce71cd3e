/** The console's own connection, drawn over time: to see how it is, and to show somebody else. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCopy } from '@tabler/icons-react'
import { useClient, useConnection } from 'im-client/adapters/react'
import { showError } from '../errors.ts'
import type { PlatformFacts } from '../host/host.ts'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useSession } from '../session/session.tsx'
import { Screen } from '../shell/screen.tsx'
import { useNow } from '../use-now.ts'
import { Chart } from './chart.tsx'
import classes from './diagnostics-screen.module.css'
import { EventLog } from './event-log.tsx'
import { useNotes, useRecorder } from './recording.tsx'
import { useRoundTrips } from './round-trip.ts'
import { usePlatformFacts } from './use-platform-facts.ts'

/** Round-trip time, queue depth and reconnects. */
export function DiagnosticsScreen() {
  const { t } = useTexts()
  const notes = useNotes()
  const canMeasure = useRoundTrips()
  const facts = usePlatformFacts()
  const span = { since: notes.since, until: useNow(1000) }
  return (
    <Screen title={t('diagnostics.title')} description={t('diagnostics.lead')}>
      <div className={classes['page']}>
        <div className={classes['top']}>
          <Facts facts={facts} />
          <CopyButton facts={facts} />
        </div>
        <div className={classes['charts']}>
          <Chart
            {...span}
            title={t('diagnostics.accepted')}
            hint={t('diagnostics.acceptedHint')}
            points={notes.accepted}
            unit="ms"
          />
          <Chart
            {...span}
            title={t('diagnostics.roundTrip')}
            hint={t(canMeasure ? 'diagnostics.roundTripHint' : 'diagnostics.roundTripElsewhere')}
            points={notes.roundTrips}
            unit="ms"
          />
          <Chart
            {...span}
            title={t('diagnostics.outbox')}
            hint={t('diagnostics.outboxHint')}
            points={notes.outbox}
            stepped
          />
          <Chart
            {...span}
            title={t('diagnostics.reconnects')}
            hint={t('diagnostics.reconnectsHint')}
            points={notes.reconnects}
            stepped
          />
        </div>
        <EventLog log={notes.log} />
      </div>
    </Screen>
  )
}

function Facts({ facts }: { readonly facts: PlatformFacts }) {
  const { t, i18n } = useTexts()
  const { session } = useSession()
  const host = useHost()
  const { usedBytes, quotaBytes, isPersisted, folder, role } = facts
  const bytes = (value: number | undefined) =>
    value === undefined ? t('diagnostics.unknown') : byteText(value, i18n.language)
  return (
    <dl className={classes['facts']}>
      <Fact name={t('diagnostics.account')}>{session?.agentId}</Fact>
      <Fact name={t('diagnostics.server')}>{session?.server}</Fact>
      <Fact name={t(`diagnostics.role.${host.name}`)}>{t(`diagnostics.roles.${role ?? 'unknown'}`)}</Fact>
      {folder === undefined ? (
        <>
          <Fact name={t('diagnostics.stored')}>
            {t('diagnostics.storedOf', { used: bytes(usedBytes), quota: bytes(quotaBytes) })}
          </Fact>
          <Fact name={t('diagnostics.kept')}>
            {isPersisted === undefined
              ? t('diagnostics.unknown')
              : t(isPersisted ? 'diagnostics.persisted' : 'diagnostics.notPersisted')}
          </Fact>
        </>
      ) : (
        <Fact name={t('diagnostics.keptIn')}>{folder}</Fact>
      )}
    </dl>
  )
}

function byteText(bytes: number, language: string): string {
  const unit = bytes < 1_000_000_000 ? 'megabyte' : 'gigabyte'
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 })
  return format.format(bytes / (unit === 'megabyte' ? 1_000_000 : 1_000_000_000))
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={classes['fact']}>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  )
}

/** Everything that is shown, as a text for somebody else. No token is known here, and no message is in it. */
function CopyButton({ facts }: { readonly facts: PlatformFacts }) {
  const { t } = useTexts()
  const recorder = useRecorder()
  const client = useClient()
  const { session } = useSession()
  const { name: state } = useConnection()
  const copy = async () => {
    const report = {
      at: new Date().toISOString(),
      agentId: session?.agentId,
      server: session?.server,
      state,
      browser: navigator.userAgent,
      language: navigator.language,
      facts,
      stats: await client.stats(),
      notes: recorder.notes,
    }
    await navigator.clipboard.writeText(JSON.stringify(report, null, 2))
    notifications.show({ message: t('diagnostics.copied'), closeButtonProps: { 'aria-label': t('close') } })
  }
  return (
    <Button
      size="sm"
      variant="light"
      leftSection={<IconCopy size={16} aria-hidden />}
      onClick={() => copy().catch(showError)}
    >
      {t('diagnostics.copy')}
    </Button>
  )
}
