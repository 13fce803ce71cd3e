/**
 * What a window of the app and its main process say to each other beside the bridge of `im-client/adapters/electron`: who is
 * signed in, and which workspaces there are. No code of either end is in here.
 */

/** Raised when a word of the bridge changes its meaning: the page and the app may be of two versions. */
export const DESKTOP_VERSION = 1

/** Under what name a page finds it on its `window`. */
export const DESKTOP_NAME = 'imDesktop'

/** Before the name of each method there is this, in Electron's IPC. */
export const DESKTOP_CHANNEL = 'im-desktop:'

/** The longest token, in characters. */
export const MAX_TOKEN = 16 * 1024

/** An account at a server. */
export interface Account {
  readonly server: string
  readonly agentId: string
}

/** A workspace of this machine: the name of its folder, and whose it is. */
export interface LocalWorkspace extends Account {
  readonly workspace: string
}

/** What a window begins with. */
export interface Beginning {
  /** What it shows; absent where somebody has to sign in, or to choose. */
  readonly workspace?: OpenedWorkspace
  /** The server that most people mean. */
  readonly server: string
}

/** A workspace that the main process has open, or opens when somebody signs in. */
export interface OpenedWorkspace extends LocalWorkspace {
  readonly folder: string
  readonly hasToken: boolean
}

/** An answer: errors do not cross whole. */
export type Answer<T> =
  | { readonly isOk: true; readonly value: T }
  | { readonly isOk: false; readonly code: string; readonly message: string }

/** Every method, with what it is given and what it answers. Nothing else crosses. */
export interface DesktopMethods {
  begin(): Beginning
  /** Opens the workspace of an account in the main process, and has this window show it. Without a token the known one is taken. */
  signIn(account: Account & { readonly token?: string }): OpenedWorkspace
  /** Closes the workspace that this window shows, and forgets its token. */
  signOut(): null
  workspaces(): readonly LocalWorkspace[]
  /** Has this window show a workspace; nothing where another shows it, which comes to the front instead. */
  choose(workspace: string): OpenedWorkspace | null
  /** Opens a window to sign in or choose in. */
  openWindow(): null
  /** How long the server of the workspace takes to answer a small request, in milliseconds; nothing where it does not. */
  roundTrip(): number | null
}

/** The name of a method. */
export type DesktopMethod = keyof DesktopMethods

/** What a window is told. */
export interface DesktopEvents {
  /** Somebody wants to see a conversation. */
  show: string
  /** The account was signed out in another window. */
  signedOut: null
}

/** What the preload script gives the page. */
export type DesktopBridge = {
  readonly version: number
} & {
  readonly [Name in DesktopMethod]: (
    ...args: Parameters<DesktopMethods[Name]>
  ) => Promise<Answer<ReturnType<DesktopMethods[Name]>>>
} & {
  onShow(listener: (conversationId: string) => void): void
  onSignedOut(listener: () => void): void
}
