/** What happened lately, the newest first. */
import { useTexts } from '../i18n/use-texts.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import classes from './diagnostics-screen.module.css'
import type { Entry } from './recorder.ts'

/** The list of events. */
export function EventLog({ log }: { readonly log: readonly Entry[] }) {
  const { t } = useTexts()
  const time = useTimeFormat()
  return (
    <section aria-label={t('diagnostics.log')}>
      <h2 className={classes['name']}>{t('diagnostics.log')}</h2>
      {log.length === 0 && <p className={classes['hint']}>{t('diagnostics.none')}</p>}
      <ol className={classes['log']}>
        {log.toReversed().map(entry => (
          <li key={entry.number} className={classes['entry']} data-event={entry.event}>
            <time dateTime={new Date(entry.at).toISOString()} title={time.full(new Date(entry.at).toISOString())}>
              {new Date(entry.at).toLocaleTimeString('en-GB')}
            </time>
            <span>{t(`diagnostics.events.${entry.event}`)}</span>
            <code>{entry.what}</code>
            {entry.message && <bdi className={classes['message']}>{entry.message}</bdi>}
          </li>
        ))}
      </ol>
    </section>
  )
}
