/**
 * A real browser with several tabs of one page, and the server that they talk to. As for a person, the tab in front is
 * visible and the others are hidden.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { build } from 'esbuild'
import { IMClient, memoryStorage } from 'im-client'
import { type ServedIM, serveIM } from 'im-client/adapters/node'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { chromiumLaunch } from '../browser/installed.ts'
import type { TabStart } from './programs/tab.ts'

const PAGE = '<!doctype html><title>A tab</title><script type="module" src="/tab.js"></script>'

/** Each tab has a process of its own, so that it can end alone. */
const ARGUMENTS = ['--disable-features=ProcessPerSiteUpToMainFrameThreshold', '--renderer-process-limit=100']

/** See the head of this file. */
export class Tabs {
  readonly server: ServedIM
  readonly browser: Browser
  readonly #origin: string
  readonly #closeAll: () => Promise<void>

  private constructor(parts: Pick<Tabs, 'server' | 'browser'> & { origin: string; closeAll: () => Promise<void> }) {
    this.server = parts.server
    this.browser = parts.browser
    this.#origin = parts.origin
    this.#closeAll = parts.closeAll
  }

  /** Starts browser and server. */
  static async start(): Promise<Tabs> {
    const pages = await servePage()
    const server = await serveIM({ storage: memoryStorage(), allowedOrigins: [pages.origin] })
    const { args, executablePath = '' } = chromiumLaunch()
    const browser = await launch({ executablePath, headless: true, args: [...args, ...ARGUMENTS] })
    const closeAll = async () => {
      await browser.close()
      await server.close()
      pages.close()
    }
    return new Tabs({ server, browser, origin: pages.origin, closeAll })
  }

  /** A tab with the page, and nothing begun. */
  async page(): Promise<Page> {
    const page = await this.browser.newPage()
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

/** The process of a tab: the one that has worked while the tab did. */
export async function processOf(page: Page): Promise<number> {
  const session = await page.browser().target().createCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  for (let tries = 0; tries < 10; tries++) {
    const before = await Promise.all(pids.map(workedTicks))
    await page.evaluate(() => tab.block(300))
    const after = await Promise.all(pids.map(workedTicks))
    const worked = pids.map((pid, at) => ({ pid, ticks: (after[at] ?? 0) - (before[at] ?? 0) }))
    const [most, next] = worked.sort((a, b) => b.ticks - a.ticks)
    if (most && most.ticks > 5 && most.ticks > 2 * (next?.ticks ?? 0)) return most.pid
  }
  throw new Error('The process of the tab was not found.')
}

/** How long a process has worked, in hundredths of a second: proc(5), `utime`. */
async function workedTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11])
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
