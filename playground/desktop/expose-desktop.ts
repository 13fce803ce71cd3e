/** Gives the page its end of the app's own bridge, in the preload script: named methods and two events, and nothing else. */
import {
  DESKTOP_CHANNEL,
  DESKTOP_NAME,
  DESKTOP_VERSION,
  type DesktopBridge,
  type DesktopEvents,
  type DesktopMethod,
} from './bridge.ts'

/** What of Electron a preload script has and this needs. */
export interface PreloadParts {
  readonly contextBridge: { exposeInMainWorld(name: string, api: unknown): void }
  readonly ipcRenderer: {
    invoke(channel: string, ...args: readonly unknown[]): Promise<unknown>
    on(channel: string, listener: (event: unknown, value: unknown) => void): unknown
  }
}

/** Puts the bridge on the page's `window`, as `imDesktop`. Once in each document. */
export function exposeDesktop({ contextBridge, ipcRenderer }: PreloadParts): void {
  const call =
    (name: DesktopMethod) =>
    (...args: readonly unknown[]) =>
      ipcRenderer.invoke(DESKTOP_CHANNEL + name, ...args) as Promise<never>
  // The event itself would lead the page to everything that Electron has.
  const on = (name: keyof DesktopEvents, listener: (value: never) => void) => {
    ipcRenderer.on(DESKTOP_CHANNEL + name, (_event, value) => listener(value as never))
  }
  const bridge: DesktopBridge = {
    version: DESKTOP_VERSION,
    begin: call('begin'),
    signIn: call('signIn'),
    signOut: call('signOut'),
    workspaces: call('workspaces'),
    choose: call('choose'),
    openWindow: call('openWindow'),
    roundTrip: call('roundTrip'),
    onShow: listener => on('show', listener),
    onSignedOut: listener => on('signedOut', listener),
  }
  contextBridge.exposeInMainWorld(DESKTOP_NAME, bridge)
}
