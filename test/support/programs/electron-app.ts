/**
 * A small app on Electron: its main process owns the workspace of `alice`, and its windows show the page that a test has built.
 * `IM_FOLDER` holds the workspace, `IM_SERVER` is the server, `IM_PAGE` the folder with `index.html` and `page.js`.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, ipcMain, powerMonitor, protocol } from 'electron'
import {
  mainFrameOf,
  type Refused,
  serveWindows,
  singleInstance,
  wakeOnResume,
  wakingClock,
} from '../../../adapters/electron/main.ts'
import { fsStorage } from '../../../adapters/fs/index.ts'
import { IMClient } from '../../../src/index.ts'

const { IM_FOLDER = '', IM_SERVER = '', IM_PAGE = '' } = process.env

const preload = fileURLToPath(new URL('../../../adapters/electron/preload.cjs', import.meta.url))

function openWindow(): void {
  const webPreferences = { preload, sandbox: true, contextIsolation: true, nodeIntegration: false }
  void new BrowserWindow({ webPreferences }).loadURL('app://console/index.html')
}

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])

if (singleInstance({ app, onSecond: () => BrowserWindow.getAllWindows()[0]?.focus() })) void start()

async function start(): Promise<void> {
  await app.whenReady()
  protocol.handle('app', async ({ url }) => {
    const isScript = new URL(url).pathname === '/page.js'
    const file = await readFile(join(IM_PAGE, isScript ? 'page.js' : 'index.html'))
    return new Response(file, { headers: { 'content-type': isScript ? 'text/javascript' : 'text/html' } })
  })
  const storage = fsStorage(IM_FOLDER)
  const clock = wakingClock(powerMonitor)
  const client = new IMClient({ storage, agentId: 'alice', queue: true, imServerUrl: IM_SERVER, clock })
  const refused: Refused[] = []
  serveWindows({
    ipcMain,
    reach: async (_workspace, events) => storage.views?.connect(events),
    isAllowed: mainFrameOf('app://console'),
    onRefused: one => refused.push(one),
  })
  wakeOnResume({ powerMonitor, client })
  Object.assign(globalThis, { refused, openWindow })
  await client.connect()
  openWindow()
}
