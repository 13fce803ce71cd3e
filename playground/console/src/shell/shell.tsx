/** The frame around every screen: the navigation beside it, or below it on a phone. */
import { Loader } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type Route, useRoute } from '../route.ts'
import { Navigation } from './navigation.tsx'
import { Screen } from './screen.tsx'
import classes from './shell.module.css'

const QueueScreen = lazy(() => import('../queue/queue-screen.tsx').then(m => ({ default: m.QueueScreen })))
const DiagnosticsScreen = lazy(() =>
  import('../diagnostics/diagnostics-screen.tsx').then(m => ({ default: m.DiagnosticsScreen })),
)

/** The navigation and the screen that the address names. */
export function Shell() {
  const route = useRoute()
  return (
    <div className={classes['shell']}>
      <Navigation section={route.section} />
      <main className={classes['main']}>
        <Suspense fallback={<Loader className={classes['loader']} size="sm" />}>
          <CurrentScreen route={route} />
        </Suspense>
      </main>
    </div>
  )
}

function CurrentScreen({ route }: { readonly route: Route }) {
  const { t } = useTranslation()
  switch (route.section) {
    case 'queue':
      return <QueueScreen workspace={route.id} />
    case 'diagnostics':
      return <DiagnosticsScreen />
    default:
      return <Screen title={t(`nav.${route.section}`)}>{null}</Screen>
  }
}
