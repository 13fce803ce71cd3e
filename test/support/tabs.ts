/**
 * A real browser with several tabs of one page, and the server that they talk to. As for a person, the tab in front is
 * visible and the others are hidden.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { build, type OutputFile, type Plugin } from 'esbuild'
import { IMClient, type MemoryDisk, memoryDisk, memoryStorage } from 'im-client'
import { type ServedIM, serveIM } from 'im-client/adapters/node'
import { type Browser, launch, type Page } from 'puppeteer-core'
import { chromiumLaunch } from '../browser/installed.ts'
import type { TabStart } from './programs/tab.ts'

/** The page as it is, and as a later version may be: another wire between tabs, another layout of the database. */
export type Version = 'present' | 'later'

const LATER = [
  { file: /view\/calls\.ts$/, from: 'VIEW_VERSION = 1', to: 'VIEW_VERSION = 2' },
  {
    file: /indexeddb\/connection\.ts$/,
    from: 'database.createObjectStore(name)',
    to: 'database.objectStoreNames.contains(name) || database.createObjectStore(name)',
  },
  { file: /indexeddb\/layout\.ts$/, from: 'LAYOUT_VERSION = 1', to: 'LAYOUT_VERSION = 2' },
]

const page = (version: string) =>
  `<!doctype html><title>A tab</title><script type="module" src="/${version}/tab.js"></script>`

/** Each tab has a process of its own, so that it can end alone. */
const ARGUMENTS = ['--disable-features=ProcessPerSiteUpToMainFrameThreshold', '--renderer-process-limit=100']

interface Parts {
  readonly disk: MemoryDisk
  readonly origin: string
  readonly closeAll: () => Promise<void>
}

/** How a page is made. */
export interface PageOptions {
  readonly version?: Version
  /** Is run before anything of the page. */
  readonly before?: () => void
}

/** See the head of this file. */
export class Tabs {
  server: ServedIM
  readonly browser: Browser
  readonly #disk: MemoryDisk
  readonly #origin: string
  readonly #closeAll: () => Promise<void>

  private constructor(parts: Pick<Tabs, 'server' | 'browser'> & Parts) {
    this.server = parts.server
    this.browser = parts.browser
    this.#disk = parts.disk
    this.#origin = parts.origin
    this.#closeAll = parts.closeAll
  }

  /** Starts browser and server. */
  static async start(): Promise<Tabs> {
    const pages = await servePage()
    const disk = memoryDisk()
    const server = await serveIM({ storage: memoryStorage(disk), allowedOrigins: [pages.origin] })
    const { args, executablePath = '' } = chromiumLaunch()
    const browser = await launch({ executablePath, headless: true, args: [...args, ...ARGUMENTS] })
    const closeAll = async () => {
      await browser.close()
      pages.close()
    }
    return new Tabs({ server, browser, disk, origin: pages.origin, closeAll })
  }

  /** A tab with the page, and nothing begun. It comes to the front. */
  async page({ version = 'present', before = () => {} }: PageOptions = {}): Promise<Page> {
    const page = await this.browser.newPage()
    await page.evaluateOnNewDocument(before)
    await page.goto(`${this.#origin}/${version}`)
    await page.waitForFunction('globalThis.tab')
    return page
  }

  /** A tab whose client is connected. */
  async open(name: string, options: Partial<TabStart> = {}, made: PageOptions = {}): Promise<Page> {
    const page = await this.page(made)
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

  /** Ends the server without a word, and starts it anew where it was, with what it had stored. */
  async restartServer(): Promise<void> {
    const port = Number(new URL(this.server.url).port)
    await this.server.close()
    this.server = await serveIM({ port, storage: memoryStorage(this.#disk), allowedOrigins: [this.#origin] })
  }

  async close(): Promise<void> {
    await this.#closeAll()
    await this.server.close()
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
  const parts = [...(await program('present', [])), ...(await program('later', LATER))]
  const files = new Map(parts.map(({ path, text }) => [path, text]))
  const server = createServer(({ url = '/' }, response) => {
    response.setHeader('content-type', extname(url) === '.js' ? 'text/javascript' : 'text/html')
    response.end(files.get(url) ?? page(url.slice(1)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { origin: `http://127.0.0.1:${port}`, close }
}

/** The program of a version: the present one, with some texts changed. */
async function program(version: Version, changes: typeof LATER): Promise<OutputFile[]> {
  const plugin: Plugin = {
    name: version,
    setup: ({ onLoad }) => {
      for (const { file, from, to } of changes)
        onLoad({ filter: file }, async ({ path }) => {
          const text = await readFile(path, 'utf8')
          if (!text.includes(from)) throw new Error(`${path} has no ${from}.`)
          return { contents: text.replace(from, to), loader: 'ts' }
        })
    },
  }
  const { outputFiles } = await build({
    entryPoints: ['test/support/programs/tab.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: `/${version}`,
    write: false,
    alias: { '#websocket': './src/connection/websocket.ts' },
    plugins: [plugin],
  })
  return outputFiles
}
