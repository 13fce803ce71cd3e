/** What a window and the main process say to each other, and what a page finds of it. No code of either end is in here. */
import type { IMErrorCode } from '../../src/index.ts'

/** Raised when a word of the bridge changes its meaning: a page and its preload script may be of two versions. */
export const BRIDGE_VERSION = 1

/** The one channel of Electron's IPC that is used, both ways. */
export const IPC_CHANNEL = 'im-client'

/** Under what name a page finds the bridge on its `window`. */
export const BRIDGE_NAME = 'imBridge'

/** The longest text that a window may send, in UTF-16 code units: no message of the protocol needs a longer one. */
export const MAX_TEXT = 16 * 1024 * 1024

/** The longest name of a workspace. */
export const MAX_WORKSPACE_NAME = 255

/** What a window tells the main process. `port` is a name that the preload script has chosen, for one port of one document. */
export type ToMain =
  | { readonly type: 'open'; readonly port: string; readonly workspace: string }
  | { readonly type: 'text'; readonly port: string; readonly text: string }
  /** So many characters more have been read. */
  | { readonly type: 'read'; readonly port: string; readonly characters: number }
  | { readonly type: 'close'; readonly port: string }

/** What the main process tells a window. */
export type ToWindow =
  | { readonly type: 'opened'; readonly port: string; readonly opening: Opening }
  | { readonly type: 'text'; readonly port: string; readonly text: string }
  | { readonly type: 'closed'; readonly port: string }

/** How a port was opened: it leads to the owner, nobody owns the workspace at present, or it was refused. */
export type Opening =
  | { readonly name: 'open' | 'nobody' }
  | { readonly name: 'refused'; readonly code: IMErrorCode; readonly message: string }

/** One end of a port, in the page. */
export interface BridgePort {
  /** Comes first: whoever sends a text before it has resolved loses the port. */
  readonly opened: Promise<Opening>
  /** Does nothing once the port is closed. @throws TypeError what is no text, or is longer than the bridge carries */
  send(text: string): void
  /** Closes from this side: nothing is called back any more. */
  close(): void
}

/** Everything that the preload script gives a page. */
export interface Bridge {
  readonly version: number
  /** Opens a port to the owner of a workspace. `onClose` is called at most once, and nothing after it. */
  connect(workspace: string, onText: (text: string) => void, onClose: () => void): BridgePort
}
