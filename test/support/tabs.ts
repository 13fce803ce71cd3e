/** A real browser with several tabs of one page, and the server that they talk to. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { build } from 'esbuild'
import { IMClient, memoryStorage } from 'im-client'
import { type ServedIM, serveIM } from 'im-client/adapters/node'
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright'
import { chromiumLaunch } from '../browser/browsers.ts'
import type { TabStart } from './programs/tab.ts'

const PAGE = '<!doctype html><title>A tab</title><script type="module" src="/tab.js"></script>'

/** Each tab has a process of its own, so that it can end alone. */
const ARGUMENTS = ['--disable-features=ProcessPerSiteUpToMainFrameThreshold', '--renderer-process-limit=100']

/** See the head of this file. */
export class Tabs {
  readonly server: ServedIM
  readonly context: BrowserContext
  readonly #origin: string
  readonly #closeAll: () => Promise<void>

  private constructor(parts: Pick<Tabs, 'server' | 'context'> & { origin: string; closeAll: () => Promise<void> }) {
    this.server = parts.server
    this.context = parts.context
    this.#origin = parts.origin
    this.#closeAll = parts.closeAll
  }

  /** Starts browser and server. */
  static async start(): Promise<Tabs> {
    const pages = await servePage()
    const server = await serveIM({ storage: memoryStorage(), allowedOrigins: [pages.origin] })
    const { args, ...launch } = chromiumLaunch()
    const context = await chromium.launchPersistentContext('', { ...launch, args: [...args, ...ARGUMENTS] })
    const closeAll = async () => {
      await context.close().catch(() => {}) // a test may have ended it
      await server.close()
      pages.close()
    }
    return new Tabs({ server, context, origin: pages.origin, closeAll })
  }

  /** A tab with the page, and nothing begun. */
  async page(): Promise<Page> {
    const page = await this.context.newPage()
    await page.goto(this.#origin)
    await page.waitForFunction('globalThis.tab')
    return page
  }

  /** A tab whose client is connected. */
  async open(name: string, options: Partial<TabStart> = {}): Promise<Page> {
    const page = await this.page()
    await this.begin(page, name, options)
    return page
  }

  /** Begins in a tab; resolves when its client is connected. */
  async begin(page: Page, name: string, options: Partial<TabStart> = {}): Promise<void> {
    await page.evaluate(start => tab.start(start), { name, agentId: name, imServerUrl: this.server.url, ...options })
  }

  /** Somebody to talk to, outside of the browser. */
  async join(agentId: string): Promise<IMClient> {
    const client = new IMClient({ storage: memoryStorage(), agentId, imServerUrl: this.server.url })
    await client.connect()
    return client
  }

  close(): Promise<void> {
    return this.#closeAll()
  }
}

/** Talks to the developer tools of a tab. */
export function tools(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page)
}

/** The process of a tab: the one that has worked while the tab did. */
export async function processOf(page: Page): Promise<number> {
  const browser = await page.context().browser()?.newBrowserCDPSession()
  if (!browser) throw new Error('The browser cannot be asked for its processes.')
  const times = async () => {
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]))
  }
  const before = await times()
  await page.evaluate(() => tab.block(250))
  const after = [...(await times())].map(([id, time]) => ({ id, worked: time - (before.get(id) ?? 0) }))
  const [most] = after.sort((a, b) => b.worked - a.worked)
  if (!most || most.worked < 0.15) throw new Error('The process of the tab was not found.')
  return most.id
}

/** The page and its program, in the parts in which they are loaded. */
async function servePage() {
  const { outputFiles } = await build({
    entryPoints: ['test/support/programs/tab.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
    write: false,
    alias: { '#websocket': './src/connection/websocket.ts' },
  })
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]))
  const server = createServer(({ url = '/' }, response) => {
    const text = files.get(url) ?? PAGE
    response.setHeader('content-type', extname(url) === '.js' ? 'text/javascript' : 'text/html')
    response.end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { origin: `http://127.0.0.1:${port}`, close }
}
