/** The workspaces of this machine, each of which a click opens: where agents run, beside them. */
import { UnstyledButton } from '@mantine/core'
import { IconFolder } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { plainName } from '../../../plain-text/direction.ts'
import { showError } from '../errors.ts'
import type { Chooser, LocalWorkspace } from '../host/host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useSession } from './session.tsx'
import classes from './workspace-chooser.module.css'

/** The list; nothing where there are none. */
export function WorkspaceChooser({ chooser }: { readonly chooser: Chooser }) {
  const { t } = useTexts()
  const { enter } = useSession()
  const [workspaces, setWorkspaces] = useState<readonly LocalWorkspace[]>([])
  useEffect(() => {
    chooser.list().then(setWorkspaces, showError)
  }, [chooser])
  const choose = async ({ workspace }: LocalWorkspace) => {
    const entry = await chooser.choose(workspace)
    if (entry) enter(entry)
  }
  if (workspaces.length === 0) return null
  return (
    <section className={classes['list']} aria-labelledby="workspaces">
      <h2 id="workspaces" className={classes['title']}>
        {t('workspaces.title')}
      </h2>
      <ul className={classes['items']}>
        {workspaces.map(item => (
          <li key={item.workspace}>
            <UnstyledButton className={classes['item']} onClick={() => void choose(item).catch(showError)}>
              <IconFolder size={20} stroke={1.5} aria-hidden />
              <span className={classes['names']}>
                <bdi>{plainName(item.agentId)}</bdi>
                <span className={classes['server']}>{item.server}</span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
