/** Electron's windows, menu, notifications and power, as the app uses them. */
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, Menu, Notification, powerMonitor, shell } from 'electron'
import type { Clock, IMClient } from 'im-client'
import { wakeOnResume, wakingClock } from 'im-client/adapters/electron/main'
import type { NoticeBoard } from './notices.ts'
import { reviveContents } from './revive.ts'
import { guardContents } from './window-guard.ts'

const PRELOAD = fileURLToPath(new URL('preload.cjs', import.meta.url))

/** A window of the console, which is shown once there is something to see. */
export function createConsoleWindow(origin: string, hash: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1200,
    height: 800,
    minWidth: 380,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: !app.isPackaged,
    },
  })
  const { webContents } = window
  guardContents(webContents, { origin, openOutside: url => void shell.openExternal(url) })
  reviveContents(webContents)
  window.once('ready-to-show', () => window.show())
  window.loadURL(`${origin}/${hash}`).catch(error => console.error('Loading the console:', error))
  return window
}

/** What a system needs of a menu: copying and pasting by keys, windows, and the way out. */
export function setMenu(): void {
  const isMac = process.platform === 'darwin'
  const first = isMac ? [{ role: 'appMenu' as const }] : [{ role: 'fileMenu' as const }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([...first, { role: 'editMenu' }, { role: 'viewMenu' }, { role: 'windowMenu' }]),
  )
}

/** Notifications of the system; nothing where it has none. */
export function systemBoard(): NoticeBoard {
  return {
    show: (notice, onClick) => {
      const notification = new Notification(notice)
      notification.on('click', onClick)
      if (Notification.isSupported()) notification.show()
      return notification
    },
  }
}

/** Has clients connect at once when the machine wakes: it has another network then, or the same one anew. */
export function wakefulness(): { readonly clock: Clock; readonly attend: (client: IMClient) => () => void } {
  return { clock: wakingClock(powerMonitor), attend: client => wakeOnResume({ powerMonitor, client }) }
}
