/** How Vitest runs tests in the browsers of this machine. Chromium is a must, the others are not. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import type { BrowserInstanceOption } from 'vitest/node'
import { chromiumLaunch, find } from './installed.ts'
import { firefox, webkit } from './webdriver-providers.ts'

/** Tests for every browser. */
const EVERYWHERE = 'test/browser/*.test.ts'

/** Tests that reach into the browser by the protocol of Chromium's developer tools. */
const CHROMIUM_ONLY = 'test/browser/chromium/*.test.ts'

/** The browsers to test in. Says aloud which are left out. */
export function browserInstances(): BrowserInstanceOption[] {
  const launchOptions = chromiumLaunch()
  return [
    {
      browser: 'chromium',
      name: 'chromium',
      provider: playwright({ launchOptions, persistentContext: temporaryProfile() }),
      include: [EVERYWHERE, CHROMIUM_ONLY],
    },
    { browser: 'chromium', name: 'chromium private', provider: playwright({ launchOptions }), include: [EVERYWHERE] },
    ...firefoxInstance(),
    ...webkitInstance(),
  ]
}

/** A folder for a profile on disk. A run that opens it leaves nothing behind. */
function temporaryProfile(): string {
  const profile = join(tmpdir(), `im-client-chromium-${process.pid}`)
  process.once('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }))
  return profile
}

function firefoxInstance(): BrowserInstanceOption[] {
  const path = find('firefox-esr', 'firefox')
  if (!path) return leftOut('Firefox', 'apt-get install firefox-esr')
  return [{ browser: 'firefox', name: 'firefox', provider: firefox(path), include: [EVERYWHERE] }]
}

function webkitInstance(): BrowserInstanceOption[] {
  const [driver, display, browser] = [find('WebKitWebDriver'), find('Xvfb'), miniBrowser()]
  if (!driver || !display || !browser) return leftOut('WebKitGTK', 'apt-get install webkit2gtk-driver xvfb')
  return [{ browser: 'webkit', name: 'webkit', provider: webkit({ driver, display, browser }), include: [EVERYWHERE] }]
}

function leftOut(name: string, remedy: string): [] {
  console.warn(`NOT TESTED in ${name}, which is not installed here: ${remedy}`)
  return []
}

/** The small browser that comes with WebKitGTK's driver; its folder is named after machine and version. */
function miniBrowser(): string | undefined {
  const folders = ['/usr/lib', '/usr/libexec', ...children('/usr/lib')]
  const versions = folders.flatMap(folder => children(folder).filter(path => /webkit2?gtk-[\d.]+$/.test(path)))
  return versions.map(folder => join(folder, 'MiniBrowser')).find(path => existsSync(path))
}

function children(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(({ name }) => join(folder, name))
    : []
}
