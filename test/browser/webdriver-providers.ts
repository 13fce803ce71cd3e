/** Vitest providers for browsers that it does not know: each opens one page, and closes it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { defineBrowserProvider } from '@vitest/browser'
import { type Browser, launch } from 'puppeteer-core'
import { Builder, type WebDriver } from 'selenium-webdriver'
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node'

/** How long to ask the driver of WebKit whether it is ready. */
const DRIVER_START_MS = 20_000
const DRIVER_POLL_MS = 100

/** Where WebKitGTK's parts are. */
export interface WebKitParts {
  readonly driver: string
  readonly browser: string
  readonly display: string
}

abstract class OnePage implements Omit<BrowserProvider, 'openPage' | 'close'> {
  abstract readonly name: string
  readonly supportsParallelism = false
  readonly initScripts: string[] = []

  getCommandsContext(): Record<string, unknown> {
    return {}
  }
}

class Firefox extends OnePage implements BrowserProvider {
  readonly name = 'firefox-bidi'
  readonly #path: string
  #browser: Browser | undefined

  constructor(path: string) {
    super()
    this.#path = path
  }

  async openPage(_session: string, url: string): Promise<void> {
    this.#browser ??= await launch({ browser: 'firefox', executablePath: this.#path, headless: true })
    await (await this.#browser.newPage()).goto(url)
  }

  async close(): Promise<void> {
    await this.#browser?.close()
  }
}

class WebKit extends OnePage implements BrowserProvider {
  readonly name = 'webkit-webdriver'
  readonly #parts: WebKitParts
  readonly #children: ChildProcess[] = []
  #driver: WebDriver | undefined

  constructor(parts: WebKitParts) {
    super()
    this.#parts = parts
  }

  async openPage(_session: string, url: string): Promise<void> {
    this.#driver ??= await this.#start()
    await this.#driver.get(url)
  }

  async close(): Promise<void> {
    await this.#driver?.quit()
    for (const child of this.#children.reverse()) child.kill()
  }

  async #start(): Promise<WebDriver> {
    const display = await this.#display()
    const port = await freePort()
    const environment = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: '1' }
    this.#children.push(spawn(this.#parts.driver, [`--port=${port}`], { env: environment, stdio: 'ignore' }))
    const server = `http://127.0.0.1:${port}`
    await answering(`${server}/status`)
    const options = { binary: this.#parts.browser, args: ['--automation'] }
    return await new Builder()
      .usingServer(server)
      .withCapabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options })
      .build()
  }

  /** A display of its own, whose number the server of it chooses and tells. */
  async #display(): Promise<string> {
    const child = spawn(this.#parts.display, ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    this.#children.push(child)
    const told = child.stdio[3]
    if (!told) throw new Error('Xvfb was given no way to tell its display.')
    const [number] = await once(told, 'data')
    return `:${String(number).trim()}`
  }
}

/** Firefox, by WebDriver BiDi. */
export function firefox(path: string): BrowserProviderOption {
  return provider('firefox', () => new Firefox(path))
}

/** WebKitGTK, by WebDriver, on a display of its own. */
export function webkit(parts: WebKitParts): BrowserProviderOption {
  return provider('webkit', () => new WebKit(parts))
}

function provider(browser: string, providerFactory: () => BrowserProvider): BrowserProviderOption {
  const define = defineBrowserProvider({ name: browser, supportedBrowser: [browser], options: {}, providerFactory })
  return define
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}

async function answering(url: string): Promise<void> {
  const end = Date.now() + DRIVER_START_MS
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    if (Date.now() > end) throw new Error(`Nothing answers at ${url}.`)
    await new Promise(resolve => setTimeout(resolve, DRIVER_POLL_MS))
  }
}
