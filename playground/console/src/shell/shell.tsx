/** The frame around every screen: the navigation beside it, or below it on a phone. */
import { Loader } from '@mantine/core'
import { lazy, Suspense, useMemo, useState } from 'react'
import { type Drafts, DraftsProvider } from '../composer/drafts.tsx'
import { ContactsScreen } from '../contacts/contacts-screen.tsx'
import { ChatsScreen } from '../conversations/chats-screen.tsx'
import { DirectoryProvider, useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { type Route, useRoute } from '../route.ts'
import { SearchScreen } from '../search/search-screen.tsx'
import { Announcer } from './announcer.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import classes from './shell.module.css'
import { ShortcutSheet, useShortcuts } from './shortcuts.tsx'

const QueueScreen = lazy(() => import('../queue/queue-screen.tsx').then(m => ({ default: m.QueueScreen })))
const DiagnosticsScreen = lazy(() =>
  import('../diagnostics/diagnostics-screen.tsx').then(m => ({ default: m.DiagnosticsScreen })),
)

/** The navigation and the screen that the address names, with what they all share. */
export function Shell() {
  const [drafts] = useState<Drafts>(() => new Map())
  return (
    <DirectoryProvider>
      <DraftsProvider value={drafts}>
        <Frame />
      </DraftsProvider>
    </DirectoryProvider>
  )
}

function Frame() {
  const { t } = useTexts()
  const route = useRoute()
  const { conversations } = useDirectory()
  const [palette, setPalette] = useState(false)
  const [sheet, setSheet] = useState(false)
  const doings = useMemo(
    () => ({
      route,
      conversationIds: conversations.map(({ conversationId }) => conversationId),
      onPalette: () => setPalette(true),
      onSheet: () => setSheet(true),
    }),
    [route, conversations],
  )
  useShortcuts(doings)
  return (
    <div className={classes['shell']} data-open={(route.section === 'chats' && route.id !== undefined) || undefined}>
      <Navigation section={route.section} onShortcuts={doings.onSheet} />
      <main className={classes['main']}>
        <h1 className="visually-hidden">{t('app')}</h1>
        <ConnectionBanner />
        <Suspense fallback={<Loader className={classes['loader']} size="sm" />}>
          <CurrentScreen route={route} />
        </Suspense>
      </main>
      <Palette opened={palette} onClose={() => setPalette(false)} />
      <ShortcutSheet opened={sheet} onClose={() => setSheet(false)} />
      <Announcer />
    </div>
  )
}

function CurrentScreen({ route }: { readonly route: Route }) {
  switch (route.section) {
    case 'chats':
      return <ChatsScreen route={route} />
    case 'contacts':
      return <ContactsScreen />
    case 'search':
      return <SearchScreen />
    case 'queue':
      return <QueueScreen workspace={route.id} />
    case 'diagnostics':
      return <DiagnosticsScreen />
  }
}
