/**
 * `npm run programs`: makes sure that there is a Chromium to test in, and with `-- --all` also Firefox, WebKitGTK and a Redis
 * server. Where this may install Debian's packages it does; elsewhere it says how. What is missing then is left out of the
 * tests, aloud.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const onPath = name => (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, name)))

const hasChromium =
  ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].some(onPath) ||
  existsSync(chromium.executablePath())

const PROGRAMS = [
  { packages: ['chromium'], isThere: hasChromium },
  { packages: ['firefox-esr'], isThere: onPath('firefox-esr') || onPath('firefox'), optional: true },
  { packages: ['webkit2gtk-driver', 'xvfb'], isThere: onPath('WebKitWebDriver') && onPath('Xvfb'), optional: true },
  { packages: ['redis-server'], isThere: onPath('redis-server'), optional: true },
]

const all = process.argv.includes('--all')
const missing = PROGRAMS.filter(({ isThere, optional }) => !isThere && (all || !optional)).flatMap(one => one.packages)
if (missing.length > 0) install(missing)

function install(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    console.warn(`Missing for tests: ${packages.join(', ')}. On Debian or Ubuntu, as root: ${command}`)
    return
  }
  console.log(`Installing for tests: ${packages.join(', ')}`)
  const run = line =>
    spawnSync(line, { shell: true, stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  run('apt-get update -q')
  if (run(command).status !== 0) console.warn(`That failed: what needs them is not tested. By hand: ${command}`)
}
