/**
 * Pages of a real Chromium as the windows of an app: the built preload script runs in each of their frames, and a wire that
 * tells which frame speaks leads to `ipcMain` in this process, as Electron's IPC does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BrowserContext, Frame, Page } from 'playwright'
import type { WindowContents, WindowFrame } from '../../adapters/electron/main.ts'
import { TestIpcMain } from './electron-bridge.ts'

/** Where the app's pages are, and those of somebody else. */
export const APP_ORIGIN = 'http://app.test'
export const FOREIGN_ORIGIN = 'http://evil.test'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The page that windows show. */
export const PAGE =
  '<!doctype html><meta charset="utf-8"><title>App</title><div id="root"></div><script src="/page.js"></script>'

/** See the head of this file. */
export class BrowserWindows {
  readonly ipcMain = new TestIpcMain()
  readonly #context: BrowserContext
  readonly #windows = new Map<Page, BrowserWindow>()
  readonly #frames = new Map<Frame, BrowserFrame>()

  private constructor(context: BrowserContext) {
    this.#context = context
  }

  /** Has every page of a browser be a window. */
  static async open(context: BrowserContext): Promise<BrowserWindows> {
    const windows = new BrowserWindows(context)
    const script = await bundledPage()
    await context.exposeBinding('tellMain', ({ page, frame }, channel: string, message: unknown) =>
      windows.#take(page, frame, [channel, message]),
    )
    await context.addInitScript({ content: preload() })
    await context.route(`${APP_ORIGIN}/**`, route =>
      route.request().url().endsWith('/page.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: PAGE }),
    )
    await context.route(`${FOREIGN_ORIGIN}/**`, route =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Foreign</title>' }),
    )
    return windows
  }

  /** Opens a window on a page. */
  async window(url = `${APP_ORIGIN}/`): Promise<Page> {
    const page = await this.#context.newPage()
    await page.goto(url)
    return page
  }

  #take(page: Page, frame: Frame, [channel, message]: readonly [string, unknown]): void {
    const window = this.#windows.get(page) ?? new BrowserWindow(this.#windows.size + 1, page, one => this.#frameOf(one))
    this.#windows.set(page, window)
    this.ipcMain.tell(channel, { sender: window, senderFrame: this.#frameOf(frame) }, message)
  }

  #frameOf(frame: Frame): BrowserFrame {
    const known = this.#frames.get(frame) ?? new BrowserFrame(this.#frames.size + 1, frame)
    this.#frames.set(frame, known)
    return known
  }
}

class BrowserWindow implements WindowContents {
  readonly id: number
  readonly #page: Page
  readonly #frameOf: (frame: Frame) => BrowserFrame

  constructor(id: number, page: Page, frameOf: (frame: Frame) => BrowserFrame) {
    this.id = id
    this.#page = page
    this.#frameOf = frameOf
  }

  on(event: string, listener: (...args: never[]) => void): void {
    const tell = listener as (...args: readonly unknown[]) => void
    if (event === 'render-process-gone') this.#page.on('crash', () => tell())
    else if (event === 'destroyed') this.#page.on('close', () => tell())
    else {
      this.#page.on('framenavigated', frame => {
        const { url, processId, routingId } = this.#frameOf(frame)
        tell({}, url, 200, 'OK', frame === this.#page.mainFrame(), processId, routingId)
      })
    }
  }

  removeListener(): void {
    // the pages of a test end with it
  }
}

class BrowserFrame implements WindowFrame {
  readonly processId = 1
  readonly routingId: number
  readonly #frame: Frame

  constructor(routingId: number, frame: Frame) {
    this.routingId = routingId
    this.#frame = frame
  }

  get url(): string {
    return this.#frame.url()
  }

  get origin(): string {
    return new URL(this.url).origin
  }

  get parent(): unknown {
    return this.#frame.parentFrame()
  }

  isDestroyed(): boolean {
    return this.#frame.isDetached()
  }

  send(channel: string, message: unknown): void {
    const tell = ([channel, message]: readonly [string, unknown]) =>
      (globalThis as unknown as { hearMain(channel: string, message: unknown): void }).hearMain(channel, message)
    this.#frame.evaluate(tell, [channel, message] as const).catch(() => {}) // the document is gone
  }
}

/** The script as it is shipped, with what it finds of Electron. */
function preload(): string {
  const path = at('dist/adapters/electron/preload.cjs')
  if (!existsSync(path)) throw new Error('There is no build: run "npm run compile" first.')
  return `{
    const listeners = new Map()
    Object.defineProperty(globalThis, 'hearMain', { value: (channel, message) => listeners.get(channel)?.({}, message) })
    const { tellMain } = globalThis
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => Object.defineProperty(globalThis, name, { value: api }) },
      ipcRenderer: {
        send: (channel, message) => void tellMain(channel, message),
        on: (channel, listener) => listeners.set(channel, listener),
      },
    }
    ;(require => {
      ${readFileSync(path, 'utf8')}
    })(name => name === 'electron' ? electron : undefined)
  }`
}

/** The script of that page. */
export async function bundledPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('test/support/pages/window.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  return outputFiles[0]?.text ?? ''
}
