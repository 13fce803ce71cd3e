/** Chromium on a profile on disk, and a page in it that tells what it does; the browser can be killed like a machine's process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromiumLaunch } from '../browser/installed.ts'

/** What the page tells. */
export interface PageEvents {
  /** The numbers of the entries that were there when it opened its storage. */
  onFound(numbers: readonly number[]): void
  /** The number of a batch that was saved. */
  onSaved(number: number): void
}

/** Serves the page at an address that stays the same, so that every browser finds the same storage. */
export async function servePage(events: PageEvents): Promise<{ readonly server: Server; readonly url: string }> {
  const entryPoints = [fileURLToPath(new URL('./pages/writer.ts', import.meta.url))]
  const { outputFiles } = await build({ entryPoints, bundle: true, write: false, format: 'esm', target: 'es2022' })
  const code = outputFiles[0]?.text
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    if (request.url === '/found') events.onFound(JSON.parse(body))
    if (request.url === '/saved') events.onSaved(JSON.parse(body))
    const script = request.url === '/page.js'
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? code : '<script type="module" src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** Starts Chromium with the page. */
export function startBrowser(profile: string, url: string): ChildProcess {
  const { executablePath, args } = chromiumLaunch()
  const own = ['--headless=new', '--no-first-run', `--user-data-dir=${profile}`, url]
  return spawn(executablePath ?? 'chromium', [...args, ...own], { detached: true, stdio: 'ignore' })
}

/** Kills a browser with all its processes, at once. */
export async function killBrowser(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return
  const ended = once(browser, 'exit')
  process.kill(-browser.pid, 'SIGKILL')
  await ended
}
