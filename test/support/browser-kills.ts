/** Chromium on a profile on disk, and a page in it that tells what it does; the browser can be killed like a machine's process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromiumLaunch } from '../browser/installed.ts'

/** What a page found of its storage when it opened it. */
export interface Found {
  /** The numbers of the batches' entries. */
  readonly numbers: readonly number[]
  /** What was reported as repaired. */
  readonly repairs: readonly string[]
}

/** A page that stores without rest, in one browser after the other, each of which is killed. */
export class MortalPage {
  /** The numbers of the batches that were told to be saved. */
  readonly saved = new Set<number>()
  readonly #profile: string
  #news = () => {}
  #found: Found | undefined
  #server: Server | undefined
  #url = ''
  #browser: ChildProcess | undefined

  /** `profile` is the browser's folder. */
  constructor(profile: string) {
    this.#profile = profile
  }

  /** Serves the page at an address that stays the same, so that every browser finds the same storage. */
  async serve(): Promise<void> {
    const entryPoints = [fileURLToPath(new URL('./pages/writer.ts', import.meta.url))]
    const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: 'esm', target: 'es2022' })
    const code = outputFiles[0]?.text
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('')
      if (request.url === '/found') this.#found = JSON.parse(body)
      if (request.url === '/saved') this.saved.add(JSON.parse(body))
      this.#news()
      const script = request.url === '/page.js'
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      response.end(script ? code : '<script type="module" src="/page.js"></script>')
    })
    this.#server = server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  /** Starts a browser, and kills it once that many more batches are saved. Gives what it found at its beginning. */
  async live(batches: number): Promise<Found> {
    this.#found = undefined
    this.#browser = this.#start()
    const found = await this.#until(() => this.#found)
    const enough = this.saved.size + batches
    await this.#until(() => this.saved.size >= enough || undefined)
    await this.kill()
    return found
  }

  /** Kills the browser with all its processes, at once. */
  async kill(): Promise<void> {
    const browser = this.#browser
    this.#browser = undefined
    if (browser?.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return
    const ended = once(browser, 'exit')
    process.kill(-browser.pid, 'SIGKILL')
    await ended
  }

  /**
   * Leaves of the database's last log what a kill leaves when it hits between the two writes of which Chromium makes a
   * record: a header, and nothing of what it announces.
   */
  async tear(): Promise<void> {
    await appendFile(await this.#lastLog(), Buffer.from([0x12, 0x34, 0x56, 0x78, 0xd0, 0x02, 0x01]))
  }

  /** Damages the database's last log in its middle. */
  async damage(): Promise<void> {
    const path = await this.#lastLog()
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 100))
  }

  /** Ends all. */
  async close(): Promise<void> {
    await this.kill()
    this.#server?.close()
  }

  async #lastLog(): Promise<string> {
    const files = await readdir(this.#profile, { recursive: true })
    const logs = files.filter(file => /indexeddb\.leveldb.\d+\.log$/.test(file)).sort()
    return `${this.#profile}/${logs.at(-1)}`
  }

  #start(): ChildProcess {
    const { executablePath, args } = chromiumLaunch()
    const own = ['--headless=new', '--no-first-run', `--user-data-dir=${this.#profile}`, this.#url]
    return spawn(executablePath ?? 'chromium', [...args, ...own], { detached: true, stdio: 'ignore' })
  }

  async #until<T>(told: () => T | undefined): Promise<T> {
    for (;;) {
      const news = new Promise<void>(resolve => {
        this.#news = resolve
      })
      const result = told()
      if (result !== undefined) return result
      await news
    }
  }
}
