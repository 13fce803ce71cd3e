/**
 * The console as a window of the desktop app, without Electron: a page in a real Chromium whose IPC goes over the browser's
 * wire to the app's main process, which is this one. The preload code, the pages and their policy, the bridges and the
 * workspace folder are the real ones.
 */
import { type BuildOptions, build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright'
import { readConsolePages } from '../../playground/desktop/console-pages.ts'
import { ConsolePage } from './console-page.ts'
import { type DesktopFolders, DesktopWorld, desktopFolders } from './desktop-world.ts'
import type { FakeWindow } from './fake-window.ts'
import { CONSOLE_PAGES } from './guarded-console.ts'

/** Where the page is: no server, but the app's own files. Chromium knows no scheme of the app's, but has to think it secure. */
const ORIGIN = 'https://console.desktop'

/** Stands in for what Electron gives a preload script. */
const PRELOAD = `
  import { exposeBridge } from './adapters/electron/preload.ts'
  import { exposeDesktop } from './playground/desktop/expose-desktop.ts'
  const listeners = new Map()
  const { testTell, testAsk, testBegin } = window
  testBegin()
  Object.defineProperty(window, 'testHear', { value: (channel, value) => listeners.get(channel)?.({}, value) })
  const ipcRenderer = {
    send: (channel, message) => void testTell(channel, message),
    invoke: (channel, ...args) => testAsk(channel, args),
    on: (channel, listener) => listeners.set(channel, listener),
  }
  const contextBridge = { exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: api }) }
  exposeBridge({ contextBridge, ipcRenderer })
  exposeDesktop({ contextBridge, ipcRenderer })
`

/** See the head of this file. */
export class DesktopConsole {
  readonly world: DesktopWorld
  readonly folders: DesktopFolders
  readonly #context: BrowserContext
  readonly #preload: string

  private constructor(
    world: DesktopWorld,
    folders: DesktopFolders,
    page: { context: BrowserContext; preload: string },
  ) {
    this.world = world
    this.folders = folders
    this.#context = page.context
    this.#preload = page.preload
  }

  /** Starts the app over a folder of its own, or one of before; `server` is what it proposes. */
  static async start(
    context: BrowserContext,
    server: string,
    folders: DesktopFolders | undefined = undefined,
  ): Promise<DesktopConsole> {
    const own = folders ?? (await desktopFolders())
    const answer = await readConsolePages(CONSOLE_PAGES)
    await context.route(`${ORIGIN}/**`, async route => {
      const response = answer({ url: route.request().url(), method: route.request().method() })
      const body = Buffer.from(await response.arrayBuffer())
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
    })
    const world = new DesktopWorld(own, { origin: ORIGIN, server })
    await world.desktop.start()
    return new DesktopConsole(world, own, { context, preload: await preloadScript() })
  }

  /** The page of a window. */
  async show(window: FakeWindow | undefined, hash = window?.hash ?? ''): Promise<ConsolePage> {
    if (!window) throw new Error('The app has opened no window.')
    return await ConsolePage.open(this.#context, `${ORIGIN}/${hash}`, {
      prepare: page => this.#connect(page, window),
      shots: 'desktop-',
    })
  }

  async #connect(page: Page, window: FakeWindow): Promise<void> {
    const { ipcMain } = this.world
    let documents = 0
    await page.exposeFunction('testBegin', () => {
      documents += 1
      if (documents > 1) window.reload()
    })
    await page.exposeFunction('testTell', (channel: string, message: unknown) => ipcMain.tell(window, channel, message))
    await page.exposeFunction('testAsk', (channel: string, args: unknown[]) => ipcMain.ask(window, channel, args))
    await page.addInitScript({ content: this.#preload })
    window.onSent = (channel, value) => {
      page
        .evaluate(([channel, value]) => Reflect.get(globalThis, 'testHear')(channel, value), [channel, value] as const)
        .catch(() => {
          // the page is gone, or another comes
        })
    }
  }
}

async function preloadScript(): Promise<string> {
  const options: BuildOptions = { bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'warning' }
  const { outputFiles = [] } = await build({
    ...options,
    stdin: { contents: PRELOAD, resolveDir: process.cwd(), loader: 'js' },
  })
  return outputFiles[0]?.text ?? ''
}
