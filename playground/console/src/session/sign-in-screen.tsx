/** The door: an account, a server, and a token where the server wants one. */
import { Button, Collapse, Paper, PasswordInput, TextInput, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { isId } from 'im-client'
import { type FormEvent, useState } from 'react'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { Preferences } from '../shell/preferences.tsx'
import { readInvitation } from './invitation.ts'
import { useSession } from './session.tsx'
import classes from './sign-in-screen.module.css'
import { WorkspaceChooser } from './workspace-chooser.tsx'

/** Asks who is there. */
export function SignInScreen() {
  const { t } = useTexts()
  const host = useHost()
  return (
    <main className={classes['page']}>
      <div className={classes['corner']}>
        <Preferences />
      </div>
      <div className={classes['middle']}>
        <img src="/icon.svg" alt="" width={52} height={52} />
        <h1 className={classes['title']}>{t('signIn.title')}</h1>
        <p className={classes['lead']}>{t('signIn.lead')}</p>
        <Paper className={classes['card']} withBorder radius="lg">
          <SignInForm />
        </Paper>
        {host.chooser && <WorkspaceChooser chooser={host.chooser} />}
        <p className={classes['stay']}>{t(`signIn.stay.${host.name}`)}</p>
      </div>
    </main>
  )
}

function useSignInForm() {
  const { t } = useTexts()
  const { signIn } = useSession()
  const host = useHost()
  const [proposal] = useState(() => host.proposal)
  const [invitation] = useState(() => readInvitation(location.hash))
  const [agentId, setAgentId] = useState(invitation.agentId ?? proposal.agentId ?? '')
  const [server, setServer] = useState(proposal.server)
  const [token, setToken] = useState('')
  const [tried, setTried] = useState(false)
  const id = agentId.trim()
  const idError = !isId(id) || id.startsWith('group-') ? t('signIn.accountInvalid') : undefined
  const serverError = isServer(server) ? undefined : t('signIn.serverInvalid')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (idError !== undefined || serverError !== undefined) return
    signIn({ agentId: id, server: server.trim() }, token, invitation)
  }
  return { agentId, setAgentId, server, setServer, token, setToken, submit, ...(tried ? { idError, serverError } : {}) }
}

function SignInForm() {
  const { t } = useTexts()
  const host = useHost()
  const form = useSignInForm()
  const [more, setMore] = useState(form.server !== host.defaultServer)
  return (
    <form onSubmit={form.submit} className={classes['form']} noValidate>
      <TextInput
        label={t('signIn.account')}
        description={t('signIn.accountHint')}
        value={form.agentId}
        onChange={event => form.setAgentId(event.currentTarget.value)}
        error={form.idError}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        size="md"
        data-autofocus
        autoFocus
      />
      <UnstyledButton className={classes['more']} onClick={() => setMore(!more)} aria-expanded={more}>
        <IconChevronRight size={15} data-open={more || undefined} className={classes['chevron']} aria-hidden />
        {t('signIn.more')}
      </UnstyledButton>
      <Collapse expanded={more || form.serverError !== undefined}>
        <div className={classes['form']}>
          <TextInput
            label={t('signIn.server')}
            value={form.server}
            onChange={event => form.setServer(event.currentTarget.value)}
            error={form.serverError}
            inputMode="url"
            spellCheck={false}
          />
          <PasswordInput
            label={t('signIn.token')}
            description={t(`signIn.tokenHint.${host.name}`)}
            value={form.token}
            onChange={event => form.setToken(event.currentTarget.value)}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showToken') }}
          />
        </div>
      </Collapse>
      <Button type="submit" size="md" fullWidth>
        {t('signIn.submit')}
      </Button>
    </form>
  )
}

function isServer(text: string): boolean {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  return url !== undefined && /^(http|ws)s?:$/.test(url.protocol) && !url.username && !url.search && !url.hash
}
