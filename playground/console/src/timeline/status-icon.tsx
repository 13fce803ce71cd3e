/** The status of a message as a small picture, with its word. */
import type { MessageStatus } from 'im-client'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './status-icon.module.css'
import { STATUS_LOOKS } from './statuses.ts'

/** A status: a picture, its name for those who hear it, its meaning for those who point at it. */
export function StatusIcon({ status, size = 14 }: { readonly status: MessageStatus; readonly size?: number }) {
  const { t } = useTexts()
  const { Icon, tone } = STATUS_LOOKS[status]
  return (
    <span
      className={classes['status']}
      data-tone={tone}
      data-status={status}
      data-tip={t(`statusHint.${status}`)}
      role="img"
      aria-label={t(`status.${status}`)}
    >
      <Icon size={size} stroke={2} aria-hidden />
    </span>
  )
}
