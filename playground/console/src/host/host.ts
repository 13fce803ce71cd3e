/**
 * Where the console runs: in a tab of a browser, or in a window of the desktop app. Everything in which the two differ is
 * asked here; no screen looks for itself.
 */
import type { IMClient } from 'im-client'
import type { Account } from '../session/account.ts'

/** What the console needs of the place where it runs. */
export interface Host {
  /** By which texts tell the two apart. */
  readonly name: 'browser' | 'desktop'
  /** The server that most people mean here. */
  readonly defaultServer: string
  /** What whoever is to sign in is offered. */
  readonly proposal: Proposal
  /** Workspaces of this machine that can be opened without signing in anew; absent where a page sees none. */
  readonly chooser?: Chooser
  /** The account that is still signed in here. */
  resume(): Promise<Entry | undefined>
  /** Signs an account in; an empty token stands for none. What is wrong is told where its messages are opened. */
  signIn(account: Account, token: string): Entry
  /** Watches for newer builds of the page, where they come by themselves; `onNewer` is called when one waits. */
  watchBuilds(onNewer: () => void): Promise<void>
  /** Loads the page anew, with the newest build that there is. */
  reload(): Promise<void>
}

/** An account to sign in with, as far as it is known. */
export interface Proposal {
  readonly server: string
  readonly agentId?: string
}

/** A signed-in account: what the session stands on. */
export interface Entry extends Account {
  readonly token: TokenKeeper
  readonly queues: Queues
  /** Whether nothing outlives the page. */
  readonly isForgetful: boolean
  /** A client over the messages of the account, to be opened; another one each time. */
  openClient(): IMClient
  /** What is known of where the messages are. */
  facts(): Promise<PlatformFacts>
  /** How long the server takes to answer a small request, in milliseconds; absent where it cannot be asked. */
  readonly roundTrip?: () => Promise<number | undefined>
  /** Calls back when the account is signed out in another page, until the returned function is called. */
  onSignedOutElsewhere(listener: () => void): () => void
  /** Whoever comes next has to sign in. */
  signOut(): void
  /** Ends what the entry holds. The client is closed apart from it. */
  close(): void
}

/** The token of an account, which is given and never shown. */
export interface TokenKeeper {
  readonly hasToken: boolean
  set(token: string): void
  /** Calls back whenever there is another token, until the returned function is called. */
  onChange(listener: () => void): () => void
}

/** The queues of digital employees that an account may look at. */
export interface Queues {
  /** The names of their workspaces; `undefined` where nobody can be asked at this moment. @throws IMError where they are refused */
  list(): Promise<readonly string[] | undefined>
  /** Looks at a workspace, with the session's own client or another. */
  look(workspace: string, own: IMClient): Supervision
}

/** A client that looks at a workspace, and how that is reached. */
export interface Supervision {
  readonly client: IMClient
  readonly way: Way
  /** Looks no longer. */
  end(): void
}

/** How a workspace is reached at this moment, and afterwards. */
export interface Way {
  readonly reach: Reach
  onReach(listener: () => void): () => void
}

/** How a workspace is reached. `closed` and `refused` are for good, until somebody asks again. */
export type Reach =
  | { readonly name: 'connecting' | 'running' | 'notRunning' | 'unreachable' | 'closed' }
  | { readonly name: 'refused'; readonly error: unknown }

/** Where the messages are; what could not be found out is absent. */
export interface PlatformFacts {
  readonly usedBytes?: number
  readonly quotaBytes?: number
  /** Whether the browser has promised not to throw it away. */
  readonly isPersisted?: boolean
  /** The folder that holds them. */
  readonly folder?: string
  /** `owner`: this tab has the storage and the connection. `view`: another one has. `app`: the app has, for all its windows. */
  readonly role?: 'owner' | 'view' | 'app'
}

/** Workspaces of this machine. */
export interface Chooser {
  list(): Promise<readonly LocalWorkspace[]>
  /** Opens one in this window; `undefined` where another window has it, which is shown instead. */
  choose(workspace: string): Promise<Entry | undefined>
  /** Opens a window to choose another one in. */
  openAnother(): void
}

/** A workspace of this machine. */
export interface LocalWorkspace {
  /** The name of its folder. */
  readonly workspace: string
  readonly agentId: string
  readonly server: string
}
