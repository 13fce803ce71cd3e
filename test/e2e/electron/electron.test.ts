/** The bridge in Electron itself, where its program is installed; nothing here ever downloads it. */
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IMClient, memoryStorage } from 'im-client'
import { serveIM } from 'im-client/adapters/node'
import { _electron, type ElectronApplication, type Page } from 'playwright'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundledPage, PAGE } from '../../support/browser-windows.ts'
import type { WindowPage } from '../../support/pages/window.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** What the page gives. */
declare const app: WindowPage

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

/** Electron's program. Its package's own way to it would fetch what is absent: so its files are looked at. */
function electronProgram(): string | undefined {
  const { ELECTRON_OVERRIDE_DIST_PATH: folder = at('node_modules/electron/dist') } = process.env
  const name = at('node_modules/electron/path.txt')
  const path = join(folder, existsSync(name) ? readFileSync(name, 'utf8').trim() : 'electron')
  if (existsSync(path)) return path
  console.warn('NOT TESTED in Electron, whose program is not installed here: node node_modules/electron/install.js')
  return undefined
}

const executablePath = electronProgram()

async function startApp() {
  const served = await serveIM({ storage: memoryStorage() })
  onTestFinished(() => served.close())
  const bob = new IMClient({ storage: memoryStorage(), agentId: 'bob', imServerUrl: served.url })
  onTestFinished(() => bob.close())
  await bob.connect()
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'index.html'), PAGE)
  await writeFile(join(folder, 'page.js'), await bundledPage())
  const electron = await _electron.launch({
    executablePath: executablePath ?? '',
    args: [
      '--no-sandbox',
      at('dist/test/support/programs/electron-app.js'),
      `--user-data-dir=${join(folder, 'profile')}`,
    ],
    env: { ...process.env, IM_FOLDER: join(folder, 'alice'), IM_SERVER: served.url, IM_PAGE: folder },
  })
  onTestFinished(() => electron.close())
  return { bob, electron, first: await electron.firstWindow() }
}

const say = (page: Page, text: string) => page.evaluate(text => app.client.sendMessage({ to: 'bob', text }), text)

async function openWindow(electron: ElectronApplication): Promise<Page> {
  const opened = electron.waitForEvent('window')
  await electron.evaluate(() => (globalThis as unknown as { openWindow(): void }).openWindow())
  return await opened
}

describe.skipIf(executablePath === undefined)('A window of Electron', { timeout: 120_000 }, () => {
  it('has the bridge, and nothing of Node or of Electron', async () => {
    const { first } = await startApp()
    await first.getByRole('list').waitFor()
    const found = await first.evaluate(() => [
      Object.keys((globalThis as unknown as { imBridge: object }).imBridge).sort(),
      ['require', 'process', 'module', 'electron', 'ipcRenderer'].filter(name => name in globalThis),
    ])
    expect(found).toEqual([['connect', 'version'], []])
  })

  it('shows what it and others say, and goes on after a reload', async () => {
    const { bob, first } = await startApp()
    await say(first, 'from a window')
    await bob.sendMessage({ to: 'alice', text: 'to all windows' })
    await first.getByText('to all windows').waitFor()
    await first.reload()
    await first.getByText('from a window').waitFor()
    await say(first, 'again')
    await first.getByText('again').waitFor()
  })

  it('crashes without harm to another', async () => {
    const { bob, electron, first } = await startApp()
    await first.getByRole('list').waitFor()
    const second = await openWindow(electron)
    await bob.sendMessage({ to: 'alice', text: 'a task' })
    await first.getByText('a task').waitFor()
    expect(await first.evaluate(() => app.claim())).toBe('a task')
    const handle = await electron.browserWindow(first)
    await handle.evaluate(window => window.webContents.forcefullyCrashRenderer())
    await expect.poll(() => second.evaluate(() => app.claim())).toBe('a task') // free at once
    await second.evaluate(() => app.complete('done'))
    await second.getByText('done').waitFor()
  })

  it('on another site is refused', async () => {
    const { electron, first } = await startApp()
    await first.getByRole('list').waitFor()
    await first.goto('data:text/html,<title>Foreign</title>')
    const opening = await first.evaluate(
      () =>
        (globalThis as unknown as { imBridge: import('../../../adapters/electron/bridge.ts').Bridge }).imBridge.connect(
          'work',
          () => {},
          () => {},
        ).opened,
    )
    expect(opening).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
    const refused = await electron.evaluate(() => (globalThis as unknown as { refused: unknown[] }).refused)
    expect(refused).toMatchObject([{ code: 'FORBIDDEN' }])
  })
})
