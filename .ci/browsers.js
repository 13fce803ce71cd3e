/**
 * `npm run browsers`: makes sure that there is a Chromium to test in, and with `-- --all` Firefox and WebKitGTK too. Where
 * this may install Debian's packages it does; elsewhere it says how. What is missing then is left out of the tests, aloud.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const onPath = name => (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, name)))

const hasChromium =
  ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].some(onPath) ||
  existsSync(chromium.executablePath())

const BROWSERS = [
  { packages: ['chromium'], isThere: hasChromium },
  { packages: ['firefox-esr'], isThere: onPath('firefox-esr') || onPath('firefox'), optional: true },
  { packages: ['webkit2gtk-driver', 'xvfb'], isThere: onPath('WebKitWebDriver') && onPath('Xvfb'), optional: true },
]

const all = process.argv.includes('--all')
const missing = BROWSERS.filter(({ isThere, optional }) => !isThere && (all || !optional)).flatMap(one => one.packages)
if (missing.length > 0) install(missing)

function install(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    console.warn(`Missing for tests in browsers: ${packages.join(', ')}. On Debian or Ubuntu, as root: ${command}`)
    return
  }
  console.log(`Installing for tests in browsers: ${packages.join(', ')}`)
  const run = line =>
    spawnSync(line, { shell: true, stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  run('apt-get update -q')
  if (run(command).status !== 0) console.warn(`That failed: tests in browsers are left out. By hand: ${command}`)
}
