/** Who signed in where, remembered for the next visit. A token never is. */

import { recall, remember } from '../memory.ts'

/** An account at a server. */
export interface Account {
  readonly server: string
  readonly agentId: string
}

/** What is remembered: the account last used, and whether it is still signed in. */
export interface RememberedAccount extends Account {
  readonly isSignedIn: boolean
}

const KEY = 'im-console:account'

/** The account that was used last, where there is one. */
export function rememberedAccount(): RememberedAccount | undefined {
  const text = recall(KEY)
  if (text === undefined) return undefined
  try {
    const { server, agentId, isSignedIn } = JSON.parse(text)
    if (typeof server !== 'string' || typeof agentId !== 'string') return undefined
    return { server, agentId, isSignedIn: isSignedIn === true }
  } catch {
    return undefined // written by something else
  }
}

/** Remembers the account, and whether to sign it in at the next visit. */
export function rememberAccount({ server, agentId }: Account, isSignedIn: boolean): void {
  remember(KEY, JSON.stringify({ server, agentId, isSignedIn }))
}

/** Calls back when another tab signs the account out, until the returned function is called. */
export function onSignedOutElsewhere({ server, agentId }: Account, listener: () => void): () => void {
  const look = ({ key }: StorageEvent) => {
    const last = key === KEY ? rememberedAccount() : undefined
    if (last && !last.isSignedIn && last.server === server && last.agentId === agentId) listener()
  }
  window.addEventListener('storage', look)
  return () => window.removeEventListener('storage', look)
}

/** The name of an account's workspace in this browser. */
export function workspaceName({ server, agentId }: Account): string {
  return `${server}:${agentId}`
}
