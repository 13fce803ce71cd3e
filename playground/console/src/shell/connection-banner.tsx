/** What there is to say, and to do, where there is no connection. */
import { Button, PasswordInput } from '@mantine/core'
import type { ConnectionState } from 'im-client'
import { useConnection } from 'im-client/adapters/react'
import { type FormEvent, useState } from 'react'
import { errorText } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useSession } from '../session/session.tsx'
import { reloadNewest } from '../worker/registration.ts'
import classes from './connection-banner.module.css'
import { helpsReload, useCountdown } from './connection-words.ts'

/** A line above the screen, while the connection is not as it should be. */
export function ConnectionBanner() {
  const state = useConnection()
  switch (state.name) {
    case 'waiting':
      return <Waiting state={state} />
    case 'needsAuth':
      return <TokenForm />
    case 'failed':
      return <Failed state={state} />
    default:
      return null
  }
}

function Waiting({ state }: { readonly state: Extract<ConnectionState, { name: 'waiting' }> }) {
  const { t } = useTexts()
  const seconds = useCountdown(state.retryAt)
  return (
    <div className={classes['banner']} data-tone="busy">
      <p className={classes['text']}>
        <strong>{t('banner.offline')}</strong> {t('banner.offlineHint')}
      </p>
      <span className={classes['aside']}>
        {seconds > 0 ? t('banner.retry', { count: seconds }) : t('connection.connecting')}
      </span>
    </div>
  )
}

function TokenForm() {
  const { t } = useTexts()
  const { session, giveToken, signOut } = useSession()
  const [token, setToken] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token !== '') giveToken(token)
    setToken('')
  }
  return (
    <form className={classes['banner']} data-tone="bad" onSubmit={submit}>
      <p className={classes['text']}>
        <strong>{t(session?.vault.hasToken ? 'banner.tokenRefused' : 'banner.tokenNeeded')}</strong>{' '}
        {t('banner.tokenHint')}
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
  const { code } = state.reason
  return (
    <div className={classes['banner']} data-tone="bad" role="alert">
      <p className={classes['text']}>
        <strong>{errorText(state.reason)}</strong> <code>{code}</code>
      </p>
      {helpsReload(code) && (
        <Button size="xs" onClick={() => void reloadNewest()}>
          {t('reload')}
        </Button>
      )}
    </div>
  )
}
