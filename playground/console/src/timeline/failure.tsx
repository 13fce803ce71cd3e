/** Why a message did not arrive, and what can be done about it. */
import type { Message } from 'im-client'
import en from '../i18n/en.json'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './failure.module.css'
import { useMessageActions } from './message-actions.ts'

/** Whether the server has refused it, so that it can be tried once more; otherwise it can only be said again. */
export function isRefused({ status, failure }: Message): boolean {
  return status === 'failed' && failure !== undefined
}

/** The reason of a failure, and a way to try again. */
export function Failure({ message }: { readonly message: Message }) {
  const { t } = useTexts()
  const { retry } = useMessageActions()
  const { failure, status } = message
  const reason = failure && isRefused(message) ? reasonOf(failure) : undefined
  return (
    <p className={classes['failure']} role="alert">
      <span>
        {reason === undefined
          ? t(status === 'expired' ? 'message.expired' : 'message.workFailed')
          : typeof reason === 'string'
            ? reason
            : t(`errors.${reason.key}`)}
      </span>
      <button type="button" className={classes['retry']} onClick={() => retry(message)}>
        {t(isRefused(message) ? 'message.retry' : 'message.sendAgain')}
      </button>
    </p>
  )
}

/** The console's own words for a code where it has some, the server's otherwise. */
function reasonOf({
  code,
  message,
}: NonNullable<Message['failure']>): string | { readonly key: keyof typeof en.errors } {
  return Object.hasOwn(en.errors, code) ? { key: code as keyof typeof en.errors } : `${message} (${code})`
}
