/** Which browsers are on this machine, and how Vitest runs tests in them. Chromium is a must, the others are not. */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { chromium } from 'playwright'
import type { BrowserInstanceOption } from 'vitest/node'
import { firefox, webkit } from './webdriver-providers.ts'

/** Tests for every browser. */
const EVERYWHERE = 'test/browser/*.test.ts'

/** Tests that reach into the browser by the protocol of Chromium's developer tools. */
const CHROMIUM_ONLY = 'test/browser/chromium/*.test.ts'

/** No traffic of the browser's own, and no sandbox, which a container has no rights for. */
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium, from the system or as Playwright installs it; `undefined` where there is none. */
export function chromiumPath(): string | undefined {
  const own = chromium.executablePath()
  return (
    find('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome') ?? (existsSync(own) ? own : undefined)
  )
}

/** How to launch it. Where there is none, Playwright fails, and says how it is installed. */
export function chromiumLaunch() {
  const executablePath = chromiumPath()
  if (!executablePath)
    console.error('Chromium is missing: apt-get install chromium, or npx playwright install chromium.')
  return { args: [...CHROMIUM_ARGUMENTS], ...(executablePath ? { executablePath } : {}) }
}

/** The browsers to test in. Says aloud which are left out. */
export function browserInstances(): BrowserInstanceOption[] {
  const profile = mkdtempSync(join(tmpdir(), 'im-client-chromium-'))
  const launchOptions = chromiumLaunch()
  return [
    {
      browser: 'chromium',
      name: 'chromium',
      provider: playwright({ launchOptions, persistentContext: profile }),
      include: [EVERYWHERE, CHROMIUM_ONLY],
    },
    { browser: 'chromium', name: 'chromium private', provider: playwright({ launchOptions }), include: [EVERYWHERE] },
    ...firefoxInstance(),
    ...webkitInstance(),
  ]
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

function find(...names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(path => existsSync(path))
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
