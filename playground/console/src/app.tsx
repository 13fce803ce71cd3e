/** The whole console: its look, its session, and the screen that the address names. */
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { IMClientProvider } from 'im-client/adapters/react'
import { Breakdown } from './breakdown.tsx'
import { Recording } from './diagnostics/recording.tsx'
import type { Host } from './host/host.ts'
import { HostProvider } from './host/use-host.ts'
import { TextsProvider } from './i18n/use-texts.tsx'
import { Layers } from './layers.tsx'
import { styleNonce } from './nonce.ts'
import { ProblemScreen } from './session/problem-screen.tsx'
import { type Session, SessionProvider, useSession } from './session/session.tsx'
import { SignInScreen } from './session/sign-in-screen.tsx'
import { Shell } from './shell/shell.tsx'
import { resolveVariables, theme } from './theme.ts'
import { TimeFormatProvider } from './use-time-format.tsx'
import { useNewerBuild } from './worker/use-newer-build.tsx'

/** What the console begins with. */
export interface AppProps {
  readonly host: Host
  /** The session of whoever still was signed in. */
  readonly resumed: Session | undefined
}

/** The console. */
export function App({ host, resumed }: AppProps) {
  return (
    <HostProvider value={host}>
      <TextsProvider>
        <MantineProvider
          theme={theme}
          defaultColorScheme="auto"
          getStyleNonce={styleNonce}
          cssVariablesResolver={resolveVariables}
        >
          <Layers />
          <Notifications position="top-center" limit={3} />
          <Breakdown>
            <TimeFormatProvider>
              <SessionProvider resumed={resumed}>
                <Inside />
              </SessionProvider>
            </TimeFormatProvider>
          </Breakdown>
        </MantineProvider>
      </TextsProvider>
    </HostProvider>
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
