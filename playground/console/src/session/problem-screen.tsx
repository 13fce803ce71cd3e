/** Why the messages of an account cannot be opened, and the ways on from here. */
import { Button, Group } from '@mantine/core'
import { IconLock, IconRefresh } from '@tabler/icons-react'
import type { IMError } from 'im-client'
import { errorText } from '../errors.ts'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { helpsReload } from '../shell/connection-words.ts'
import classes from './problem-screen.module.css'
import { useSession } from './session.tsx'

const WORDS = {
  STORAGE_LOCKED: 'problem.locked',
  WORKSPACE_FORMAT_UNSUPPORTED: 'problem.newer',
  WORKSPACE_AGENT_MISMATCH: 'problem.mismatch',
} as const

/** Explains a problem. */
export function ProblemScreen({ problem }: { readonly problem: IMError }) {
  const { t } = useTexts()
  const { retry, signOut } = useSession()
  const host = useHost()
  const { code } = problem
  const words = code in WORDS ? t(WORDS[code as keyof typeof WORDS]) : errorText(problem)
  const Icon = helpsReload(code) ? IconRefresh : IconLock
  return (
    <main className={classes['page']}>
      <Icon size={40} stroke={1.3} aria-hidden />
      <div role="alert">
        <h1 className={classes['title']}>{t('problem.title')}</h1>
        <p className={classes['words']}>{words}</p>
        <code className={classes['code']}>{code}</code>
      </div>
      <Group mt="lg">
        {helpsReload(code) ? (
          <Button onClick={() => void host.reload()}>{t('reload')}</Button>
        ) : (
          <Button onClick={retry}>{t('problem.retry')}</Button>
        )}
        <Button variant="default" onClick={() => void signOut()}>
          {t('account.signOut')}
        </Button>
      </Group>
    </main>
  )
}
