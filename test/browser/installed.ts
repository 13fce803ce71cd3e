/** Which browsers are on this machine. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

/** No traffic of the browser's own, and no sandbox, which a container has no rights for. */
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The first of these programs that is on the path. */
export function find(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(path => existsSync(path))
}

/** Whether tests in a browser can be run. Says aloud that they are left out where there is none. */
export function hasChromium(): boolean {
  const isThere = systemChromium() !== undefined || existsSync(chromium.executablePath())
  if (!isThere) console.warn('NOT TESTED in any browser: apt-get install chromium, or npx playwright install chromium')
  return isThere
}

/** How to launch Chromium, the system's or Playwright's own. */
export function chromiumLaunch() {
  const executablePath = systemChromium()
  return { args: [...CHROMIUM_ARGUMENTS], ...(executablePath ? { executablePath } : {}) }
}

function systemChromium(): string | undefined {
  return find('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
}
