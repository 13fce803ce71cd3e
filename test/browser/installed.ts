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

/** How to launch Chromium, the system's or Playwright's own. Where there is none, launching fails, and says how to get it. */
export function chromiumLaunch() {
  const executablePath = find('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
  if (!executablePath && !existsSync(chromium.executablePath())) {
    console.error('Chromium is missing: apt-get install chromium, or npx playwright install chromium')
  }
  return { args: [...CHROMIUM_ARGUMENTS], ...(executablePath ? { executablePath } : {}) }
}
