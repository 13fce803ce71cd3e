/**
 * `npm run desktop`: builds the console and the app, and starts it where Electron is. Where it is not, says how to get it:
 * the package brings types only, its own command would fetch a hundred megabytes unasked.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const program = electronProgram()
if (program) {
  // Files come first: what is built is what is started.
  process.exitCode =
    run('npm', ['run', '--silent', 'compile']) || run('npm', ['run', '--silent', 'console']) || start(program)
} else {
  console.error('Electron is not installed: "node node_modules/electron/install.js" fetches it; then run this again.')
  process.exitCode = 1
}

/** The program, where it is: as `electron/index.js` finds it, which would fetch it otherwise. */
function electronProgram() {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const found = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] || join(folder, 'dist'), name)
  return existsSync(found) ? found : undefined
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1
}

function start(electron) {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const args = [join(root, 'dist', 'playground', 'desktop', 'main.js'), ...process.argv.slice(2)]
  return spawnSync(electron, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1
}
