/** Who signed in where, remembered for the next visit. A token never is. */

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
  const text = localStorage.getItem(KEY)
  if (text === null) return undefined
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
  localStorage.setItem(KEY, JSON.stringify({ server, agentId, isSignedIn }))
}

/** The name of an account's workspace in this browser. */
export function workspaceName({ server, agentId }: Account): string {
  return `${server}:${agentId}`
}
