/** The app on Electron: gives what the rest needs of it, which knows nothing of it. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, ipcMain, protocol, safeStorage, session } from 'electron'
import { singleInstance } from 'im-client/adapters/electron/main'
import { Arrivals } from './arrivals.ts'
import { readConsolePages } from './console-pages.ts'
import { conversationAmong, LINK_SCHEME, linkedConversation } from './deep-link.ts'
import { Desktop } from './desktop.ts'
import { createConsoleWindow, setMenu, systemBoard, wakefulness } from './electron-parts.ts'
import { ElectronTray } from './electron-tray.ts'
import { quitCleanly } from './quit-sequence.ts'
import { type DesktopTexts, desktopTexts } from './texts.ts'
import { isPermitted, mayLoad } from './window-guard.ts'
import { isServer } from './workspaces.ts'

const SCHEME = 'app'
const ORIGIN = `${SCHEME}://console`
/** As a site has them, so that the page's modules are loaded and its policy holds. */
const PRIVILEGES = { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true } as const
const PAGES = fileURLToPath(new URL('../console', import.meta.url))
const DEFAULT_SERVER = 'http://127.0.0.1:8080'

protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: PRIVILEGES }])

run()

/** Links and second starts may come before everything is ready. */
function run(): void {
  const arrivals = new Arrivals(conversationAmong(process.argv))
  if (!singleInstance({ app, onSecond: ({ argv }) => arrivals.arrive(conversationAmong(argv)) })) return
  registerScheme()
  app.on('open-url', (event, url) => {
    event.preventDefault()
    arrivals.arrive(linkedConversation(url))
  })
  app.on('activate', () => arrivals.arrive(undefined))
  app.on('window-all-closed', () => {
    // whoever is signed in stays so, beside the clock
  })
  // Not awaited here: Electron is ready only when this module has been run.
  app
    .whenReady()
    .then(() => start(arrivals))
    .catch(fail)
}

async function start(arrivals: Arrivals): Promise<void> {
  const answer = await readConsolePages(PAGES)
  protocol.handle(SCHEME, request => answer(request))
  keepToConsole()
  setMenu()
  const texts = desktopTexts(app.getLocale())
  const tray = new ElectronTray(texts)
  const desktop = createDesktop(texts, tray)
  tray.begin({ onShow: () => desktop.activate(), onAnother: () => desktop.openWindow(), onQuit: () => app.quit() })
  quitCleanly({ app, close: () => desktop.close(), onError: error => console.error('Quitting:', error) })
  await arrivals.begin(desktop)
}

function createDesktop(texts: DesktopTexts, tray: ElectronTray): Desktop {
  const { IM_SERVER } = process.env
  return new Desktop({
    workspaces: join(homedir(), '.gateway', 'workspaces'),
    state: join(app.getPath('userData'), 'im-console'),
    server: isServer(IM_SERVER) ? IM_SERVER : DEFAULT_SERVER,
    origin: ORIGIN,
    ipcMain,
    encryption: safeStorage,
    board: systemBoard(),
    texts,
    createWindow: hash => createConsoleWindow(ORIGIN, hash),
    onUnread: total => tray.setUnread(total),
    ...wakefulness(),
  })
}

/** While developing, the program is Electron itself, and has to be told what to run. */
function registerScheme(): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME)
  else app.setAsDefaultProtocolClient(LINK_SCHEME, process.execPath, [fileURLToPath(import.meta.url)])
}

/** Pages may copy, and load what is theirs. */
function keepToConsole(): void {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, permission, allow) => allow(isPermitted(permission)))
  defaultSession.setPermissionCheckHandler((_contents, permission) => isPermitted(permission))
  defaultSession.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayLoad(url, ORIGIN) }))
}

function fail(error: unknown): void {
  console.error(error)
  app.exit(1)
}
