/** What there is to say, and to do, where there is no connection. */
import { Button, PasswordInput } from '@mantine/core'
import type { ConnectionState } from 'im-client'
import { useConnection } from 'im-client/adapters/react'
import { type FormEvent, useState, useSyncExternalStore } from 'react'
import { errorText } from '../errors.ts'
import type { TokenKeeper } from '../host/host.ts'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useSession } from '../session/session.tsx'
import classes from './connection-banner.module.css'
import { helpsReload, useCountdown } from './connection-words.ts'

/** A line above the screen, while the connection is not as it should be. */
export function ConnectionBanner() {
  const state = useConnection()
  const { session } = useSession()
  switch (state.name) {
    case 'waiting':
      return <Waiting state={state} />
    case 'needsAuth':
      return session && <TokenForm keeper={session.entry.token} />
    case 'failed':
      return <Failed state={state} />
    default:
      return session?.entry.isForgetful ? <Forgetful /> : null
  }
}

function Forgetful() {
  const { t } = useTexts()
  return (
    <div className={classes['banner']} data-tone="busy">
      <p className={classes['text']} role="status">
        <strong>{t('banner.forgetful')}</strong> {t('banner.forgetfulHint')}
      </p>
    </div>
  )
}

/** What cannot be stored ends a session as a network does, but there is something else to be done about it. */
function Waiting({ state }: { readonly state: Extract<ConnectionState, { name: 'waiting' }> }) {
  const { t } = useTexts()
  const { reason, retryAt } = state
  const seconds = useCountdown(retryAt)
  const isStorage = reason.code.startsWith('STORAGE_')
  return (
    <div className={classes['banner']} data-tone={isStorage ? 'bad' : 'busy'}>
      {isStorage ? (
        <p className={classes['text']} role="alert">
          <strong>{errorText(reason)}</strong> <code>{reason.code}</code>
        </p>
      ) : (
        <p className={classes['text']} role="status">
          <strong>{t('banner.offline')}</strong> {t('banner.offlineHint')}
        </p>
      )}
      <span className={classes['aside']}>
        {seconds > 0 ? t('banner.retry', { count: seconds }) : t('connection.connecting')}
      </span>
    </div>
  )
}

function TokenForm({ keeper }: { readonly keeper: TokenKeeper }) {
  const { t } = useTexts()
  const { signOut } = useSession()
  const hasToken = useSyncExternalStore(
    listener => keeper.onChange(listener),
    () => keeper.hasToken,
  )
  const [token, setToken] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token !== '') keeper.set(token)
    setToken('')
  }
  return (
    <form className={classes['banner']} data-tone="bad" onSubmit={submit}>
      <p className={classes['text']} role="alert">
        <strong>{t(hasToken ? 'banner.tokenRefused' : 'banner.tokenNeeded')}</strong> {t('banner.tokenHint')}
      </p>
      <PasswordInput
        className={classes['token']}
        size="xs"
        value={token}
        onChange={event => setToken(event.currentTarget.value)}
        placeholder={t('signIn.token')}
        aria-label={t('signIn.token')}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showToken') }}
      />
      <Button size="xs" type="submit" disabled={token === ''}>
        {t('signIn.submit')}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={() => void signOut()}>
        {t('account.signOut')}
      </Button>
    </form>
  )
}

function Failed({ state }: { readonly state: Extract<ConnectionState, { name: 'failed' }> }) {
  const { t } = useTexts()
  const host = useHost()
  const { code } = state.reason
  return (
    <div className={classes['banner']} data-tone="bad" role="alert">
      <p className={classes['text']}>
        <strong>{errorText(state.reason)}</strong> <code>{code}</code>
      </p>
      {helpsReload(code) && (
        <Button size="xs" onClick={() => void host.reload()}>
          {t('reload')}
        </Button>
      )}
    </div>
  )
}
