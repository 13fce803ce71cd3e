/**
 * Serves views of workspaces to the windows of an app. The sender of every message is looked at: a frame that may not see a
 * workspace is refused, and one that no longer may loses its port.
 */
import type { IMErrorCode, Port, PortEvents } from '../../src/index.ts'
import { IPC_CHANNEL } from './bridge.ts'
import type { IpcMainPart, WindowContents, WindowFrame, WindowMessageListener } from './electron-parts.ts'
import { ServedWindow } from './served-window.ts'

/** What was refused, for a log. */
export interface Refused {
  readonly code: IMErrorCode
  readonly message: string
  /** Where the frame stood. */
  readonly url: string
  readonly workspace?: string
}

/** What windows are served with. */
export interface ServeWindowsOptions {
  /** Electron's. */
  readonly ipcMain: IpcMainPart
  /** Reaches the owner of a workspace, for instance by `fsStorage(path).views.connect`; `undefined` where nobody owns it. */
  readonly reach: (workspace: string, events: PortEvents) => Promise<Port | undefined>
  /** Whether a frame may see a workspace at this moment: see `mainFrameOf`. Asked for each message. */
  readonly isAllowed: (frame: WindowFrame, workspace: string) => boolean
  /** Told of what was refused, once for each port and cause. */
  readonly onRefused?: (refused: Refused) => void
}

/** What serves windows. */
export interface ServedWindows {
  /** Ends every port, and answers no window any more. The owner goes on. */
  close(): void
}

/** See the head of this file. Windows may come before, and go after. */
export function serveWindows(options: ServeWindowsOptions): ServedWindows {
  const windows = new Map<WindowContents, ServedWindow>()
  const listener: WindowMessageListener = ({ sender, senderFrame }, message) => {
    if (senderFrame === null) return // whoever sent it is gone
    windowOf(sender).take(senderFrame, message)
  }
  const windowOf = (contents: WindowContents) => {
    const known = windows.get(contents)
    if (known) return known
    const made = new ServedWindow(contents, { ...options, onGone: () => windows.delete(contents) })
    windows.set(contents, made)
    made.begin()
    return made
  }
  options.ipcMain.on(IPC_CHANNEL, listener)
  return {
    close: () => {
      options.ipcMain.removeListener(IPC_CHANNEL, listener)
      for (const window of windows.values()) window.close()
    },
  }
}
