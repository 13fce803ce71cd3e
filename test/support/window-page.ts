/** The app's windows and main process without Electron: IPC that clones what crosses, and the real preload code on top. */
import type { Bridge } from '../../adapters/electron/bridge.ts'
import type { WindowMessageListener } from '../../adapters/electron/electron-parts.ts'
import { exposeBridge } from '../../adapters/electron/preload.ts'
import type { DesktopBridge } from '../../playground/desktop/bridge.ts'
import type { InvokeListener } from '../../playground/desktop/calls.ts'
import { exposeDesktop } from '../../playground/desktop/expose-desktop.ts'
import type { FakeWindow } from './fake-window.ts'

/** The main process' end: `ipcMain`. */
export class FakeIpcMain {
  readonly #listeners = new Map<string, Set<WindowMessageListener>>()
  readonly #handlers = new Map<string, InvokeListener>()

  on(channel: string, listener: WindowMessageListener): void {
    this.#listeners.set(channel, (this.#listeners.get(channel) ?? new Set()).add(listener))
  }

  removeListener(channel: string, listener: WindowMessageListener): void {
    this.#listeners.get(channel)?.delete(listener)
  }

  handle(channel: string, listener: InvokeListener): void {
    this.#handlers.set(channel, listener)
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** A message from the main frame of a window, or from another that says to be in it. */
  tell(window: FakeWindow, channel: string, message: unknown): void {
    const { webContents } = window
    const event = { sender: webContents, senderFrame: webContents.mainFrame }
    for (const listener of this.#listeners.get(channel) ?? []) listener(event, message)
  }

  /** A question of a window; of another frame where one is given. */
  async ask(window: FakeWindow, channel: string, args: readonly unknown[], senderFrame = window.webContents.mainFrame) {
    const handler = this.#handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return structuredClone(await handler({ sender: window.webContents, senderFrame }, ...structuredClone(args)))
  }
}

/** What a page finds on its `window`. */
export interface PageGlobals {
  readonly imBridge: Bridge
  readonly imDesktop: DesktopBridge
}

/** Loads a page into a window: the preload scripts run, and what they give the page is returned. */
export function loadPage(window: FakeWindow, ipcMain: FakeIpcMain): PageGlobals {
  const listeners = new Map<string, (event: unknown, value: unknown) => void>()
  const globals: Record<string, unknown> = {}
  const contextBridge = { exposeInMainWorld: (name: string, api: unknown) => Object.assign(globals, { [name]: api }) }
  const ipcRenderer = {
    send: (channel: string, message: unknown) => {
      const copy = structuredClone(message)
      queueMicrotask(() => window.isDestroyed() || ipcMain.tell(window, channel, copy))
    },
    invoke: (channel: string, ...args: readonly unknown[]) => ipcMain.ask(window, channel, args),
    on: (channel: string, listener: (event: unknown, value: unknown) => void) => listeners.set(channel, listener),
  }
  window.onSent = (channel, value) => {
    const copy = structuredClone(value)
    queueMicrotask(() => listeners.get(channel)?.({}, copy))
  }
  exposeBridge({ contextBridge, ipcRenderer })
  exposeDesktop({ contextBridge, ipcRenderer })
  return globals as unknown as PageGlobals
}
