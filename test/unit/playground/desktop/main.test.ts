/** The main module over the shapes of Electron's parts: what it asks of them, and in which order. */
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeWindow } from '../../../support/fake-window.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { FakeIpcMain } from '../../../support/window-page.ts'

/** What was asked of Electron. */
interface Asked {
  readonly log: string[]
  readonly windows: FakeWindow[]
  readonly preferences: Readonly<Record<string, unknown>>[]
  readonly pages: ((request: Request) => Response)[]
}

async function runMain({ isFirst = true } = {}) {
  vi.resetModules()
  const folder = await temporaryFolder()
  vi.stubEnv('HOME', folder)
  const asked: Asked = { log: [], windows: [], preferences: [], pages: [] }
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    whenReady: async () => void asked.log.push('whenReady'),
    requestSingleInstanceLock: () => isFirst,
    setAsDefaultProtocolClient: (scheme: string) => asked.log.push(`client of ${scheme}`),
    getLocale: () => 'en-GB',
    getPath: () => folder,
    setBadgeCount: () => true,
    quit: () => {
      const event = { isPrevented: false, preventDefault: () => Object.assign(event, { isPrevented: true }) }
      app.emit('before-quit', event)
      asked.log.push(event.isPrevented ? 'quit later' : 'quit')
    },
    exit: (code: number) => asked.log.push(`exit ${code}`),
  })
  vi.doMock('electron', () => electronOf(app, asked))
  await import('../../../../playground/desktop/main.ts')
  return { app, asked }
}

function electronOf(app: EventEmitter, { log, windows, preferences, pages }: Asked) {
  class BrowserWindow extends FakeWindow {
    constructor({ webPreferences }: { readonly webPreferences: Readonly<Record<string, unknown>> }) {
      super()
      windows.push(this)
      preferences.push(webPreferences)
      Object.assign(this.webContents, { setWindowOpenHandler: () => log.push('guarded'), reload: () => {} })
    }
    once = () => {}
    loadURL = async (url: string) => void log.push(`load ${url}`)
  }
  class Tray extends EventEmitter {
    setImage = () => {}
    setTitle = () => {}
    setContextMenu = () => log.push('tray menu')
    setToolTip = (text: string) => log.push(`tray: ${text}`)
  }
  return {
    app,
    BrowserWindow,
    Tray,
    ipcMain: new FakeIpcMain(),
    Menu: { setApplicationMenu: () => {}, buildFromTemplate: () => ({}) },
    nativeImage: { createEmpty: () => ({ addRepresentation: () => {} }) },
    Notification: class {},
    powerMonitor: new EventEmitter(),
    protocol: {
      registerSchemesAsPrivileged: ([{ scheme }]: [{ scheme: string }]) => log.push(`scheme ${scheme}`),
      handle: (_: string, page: (request: Request) => Response) => pages.push(page),
    },
    safeStorage: { isEncryptionAvailable: () => false },
    session: {
      defaultSession: {
        setPermissionRequestHandler: () => log.push('permissions'),
        setPermissionCheckHandler: () => {},
        webRequest: { onBeforeRequest: () => log.push('requests') },
      },
    },
    shell: {},
  }
}

describe('The main module', () => {
  beforeEach(() => void vi.unstubAllEnvs())
  afterEach(() => {
    vi.doUnmock('electron')
    vi.unstubAllEnvs()
  })

  it('prepares everything before the first window, which is guarded before its page is loaded', async () => {
    const { app, asked } = await runMain()
    await expect.poll(() => asked.log.at(-1)).toBe('load app://console/')
    expect(asked.log.slice(0, 3)).toEqual(['scheme app', 'client of im-console', 'whenReady'])
    for (const step of ['permissions', 'requests', 'tray menu', 'tray: IM Console: No unread messages', 'guarded']) {
      expect(asked.log.indexOf(step), step).toBeGreaterThan(2)
    }
    expect(asked.preferences).toMatchObject([
      { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
    ])
    expect(asked.pages[0]?.(new Request('app://console/')).status).toBe(200)
    app.quit()
    await expect.poll(() => asked.log.at(-1)).toBe('quit')
    expect(asked.windows.every(window => window.isDestroyed())).toBe(true)
  })

  it('shows the window for a second start, and goes on without windows', async () => {
    const { app, asked } = await runMain()
    await expect.poll(() => asked.windows.length).toBe(1)
    await expect.poll(() => asked.log.at(-1)).toBe('load app://console/')
    app.emit('second-instance', {}, ['electron', 'main.js'], '/')
    await expect.poll(() => asked.windows[0]?.isFocused()).toBe(true)
    asked.windows[0]?.close()
    app.emit('window-all-closed')
    expect(asked.log).not.toContain('quit')
    app.emit('activate')
    await expect.poll(() => asked.windows.length).toBe(2)
    app.quit()
    await expect.poll(() => asked.log.at(-1)).toBe('quit')
  })

  it('opens nothing where the app runs already', async () => {
    const { asked } = await runMain({ isFirst: false })
    expect(asked.log).toEqual(['scheme app', 'quit'])
    expect(asked.windows).toEqual([])
  })
})
