/** What is shown where a screen cannot be drawn: a fault of the console, which takes nothing that is stored with it. */
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Component, type ReactNode } from 'react'
import { useHost } from './host/use-host.ts'
import { useTexts } from './i18n/use-texts.tsx'
import classes from './session/problem-screen.module.css'

interface Props {
  readonly children: ReactNode
}

/** Keeps a fault in what is below from leaving an empty page. */
export class Breakdown extends Component<Props, { readonly fault?: Error }> {
  override state: { readonly fault?: Error } = {}

  static getDerivedStateFromError(fault: Error) {
    return { fault }
  }

  override render(): ReactNode {
    const { fault } = this.state
    return fault ? <BreakdownScreen fault={fault} /> : this.props.children
  }
}

function BreakdownScreen({ fault }: { readonly fault: Error }) {
  const { t } = useTexts()
  const host = useHost()
  return (
    <main className={classes['page']}>
      <IconRefresh size={40} stroke={1.3} aria-hidden />
      <div role="alert">
        <h1 className={classes['title']}>{t('breakdown.title')}</h1>
        <p className={classes['words']}>{t('breakdown.hint')}</p>
        <code className={classes['code']}>{String(fault)}</code>
      </div>
      <Button mt="lg" onClick={() => void host.reload()}>
        {t('reload')}
      </Button>
    </main>
  )
}
