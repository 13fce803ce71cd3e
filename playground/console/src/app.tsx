/** The whole console: its look, its session, and the screen that the address names. */
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { IMClientProvider } from 'im-client/adapters/react'
import { Breakdown } from './breakdown.tsx'
import { Recording } from './diagnostics/recording.tsx'
import { Layers } from './layers.tsx'
import { styleNonce } from './nonce.ts'
import { ProblemScreen } from './session/problem-screen.tsx'
import { SessionProvider, useSession } from './session/session.tsx'
import { SignInScreen } from './session/sign-in-screen.tsx'
import { Shell } from './shell/shell.tsx'
import { resolveVariables, theme } from './theme.ts'
import { useNewerBuild } from './worker/use-newer-build.tsx'

/** The console. */
export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      cssVariablesResolver={resolveVariables}
    >
      <Layers />
      <Notifications position="top-center" limit={3} />
      <Breakdown>
        <SessionProvider>
          <Inside />
        </SessionProvider>
      </Breakdown>
    </MantineProvider>
  )
}

/** Whoever is signed in sees the screens; whoever is not, the door. */
function Inside() {
  const { session, problem } = useSession()
  useNewerBuild()
  if (!session) return <SignInScreen />
  if (problem) return <ProblemScreen problem={problem} />
  return (
    <IMClientProvider client={session.client} key={session.key}>
      <Recording>
        <Shell />
      </Recording>
    </IMClientProvider>
  )
}
