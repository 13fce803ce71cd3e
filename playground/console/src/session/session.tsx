/** The session of the page: who is signed in, with which client. */
import type { IMClient, IMError } from 'im-client'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import type { Entry, Host } from '../host/host.ts'
import { useHost } from '../host/use-host.ts'
import { navigate } from '../route.ts'
import type { Account } from './account.ts'
import { describeSample, type Invitation, meet } from './invitation.ts'

/** A client that is signed in. */
export interface Session extends Account {
  readonly entry: Entry
  readonly client: IMClient
  /** Another one for each session. */
  readonly key: number
}

/** What the screens can do with the session. */
export interface SessionControls {
  readonly session: Session | undefined
  /** Why the messages of the account cannot be opened. */
  readonly problem: IMError | undefined
  /** Whoever comes by an invitation sees first whom there is to meet. */
  signIn(account: Account, token: string, invitation?: Invitation): void
  /** Begins a session of an account that is signed in already. */
  enter(entry: Entry): void
  /** Tries again to open the messages of the account. */
  retry(): void
  signOut(): Promise<void>
}

const SessionContext = createContext<SessionControls | undefined>(undefined)

/** The session, and how to begin and end it. */
export function useSession(): SessionControls {
  const controls = useContext(SessionContext)
  if (!controls) throw new TypeError('There is no SessionProvider.')
  return controls
}

/** The account that is signed in. */
export function useAgentId(): string {
  const { session } = useSession()
  if (!session) throw new TypeError('Nobody is signed in.')
  return session.agentId
}

/** What is above the screens. */
export interface SessionProviderProps {
  /** The session of whoever still was signed in. */
  readonly resumed: Session | undefined
  readonly children: ReactNode
}

/** Keeps the session. */
export function SessionProvider({ resumed, children }: SessionProviderProps) {
  const host = useHost()
  const [session, setSession] = useState(resumed)
  const problem = useOpening(session)
  const signIn = useCallback(
    (account: Account, token: string, invitation?: Invitation) => {
      const session = sessionOf(host.signIn(account, token))
      setSession(session)
      if (!invitation?.meet.length) return
      navigate({ section: 'contacts' })
      meet(session.client, invitation, describeSample).catch(() => {
        // a storage that cannot be opened is told of where it is read
      })
    },
    [host],
  )
  const controls = useMemo<SessionControls>(
    () => ({
      session,
      problem,
      signIn,
      enter: entry => setSession(sessionOf(entry)),
      retry: () => session && setSession(anotherTry(session)),
      signOut: async () => {
        if (!session) return
        session.entry.signOut()
        setSession(undefined)
        await endSession(session)
      },
    }),
    [session, problem, signIn],
  )
  useEffect(() => {
    if (!session) return
    return session.entry.onSignedOutElsewhere(() => {
      setSession(undefined)
      void endSession(session)
    })
  }, [session])
  return <SessionContext value={controls}>{children}</SessionContext>
}

/** Opens the storage of a session, then connects; and again with each token that comes. Gives why it cannot be opened. */
function useOpening(session: Session | undefined): IMError | undefined {
  const [problem, setProblem] = useState<IMError>()
  useEffect(() => {
    setProblem(undefined)
    if (!session) return
    const { client, entry } = session
    const connect = () =>
      client.connect().catch(() => {
        // the state of the connection says why
      })
    client.open().then(connect, (error: IMError) => error.code === 'CLIENT_CLOSED' || setProblem(error))
    return entry.token.onChange(() => void connect())
  }, [session])
  return problem
}

/**
 * The session of whoever was signed in at the last visit and did not sign out. Its storage is being opened before anything
 * is drawn: what is stored is what is looked for first.
 */
export async function resumeSession(host: Host): Promise<Session | undefined> {
  const entry = await host.resume()
  if (!entry) return undefined
  const session = sessionOf(entry)
  session.client.open().catch(() => {
    // whoever is shown the session opens it again, and is told
  })
  return session
}

function endSession({ entry, client }: Session): Promise<void> {
  entry.close()
  return client.close()
}

/** A client that could not open its storage is of no more use. */
function anotherTry(session: Session): Session {
  void session.client.close()
  return sessionOf(session.entry)
}

function sessionOf(entry: Entry): Session {
  const { server, agentId } = entry
  return { server, agentId, entry, client: entry.openClient(), key: Date.now() }
}
