/** The state of the connection: a dot and a word, always in sight. */

import { useConnection } from 'im-client/adapters/react'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './connection-pill.module.css'
import { STATE_TONES } from './connection-words.ts'

/** The state in a word. */
export function ConnectionPill() {
  const { t } = useTexts()
  const { name } = useConnection()
  return (
    <span
      className={classes['pill']}
      data-tone={STATE_TONES[name]}
      data-state={name}
      title={t(`connectionHint.${name}`)}
    >
      {t(`connection.${name}`)}
    </span>
  )
}
