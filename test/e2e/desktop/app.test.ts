/**
 * The app as Electron runs it: the icon, notifications, links, a second start, the way out. Needs Electron's program, which
 * no test fetches: where it is not, this says so and does nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ElectronApplication, _electron as electron, type Page } from 'playwright'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GuardedConsole } from '../../support/guarded-console.ts'

/** What the parts of Electron were told, by the names of the parts. */
interface Told {
  readonly notices: { title: string; body: string; click: () => void }[]
  readonly toolTips: string[]
  readonly outside: string[]
}

const program = electronProgram()
if (!program) {
  console.warn(
    'SKIPPED: the desktop app on Electron. Its program is not installed (node node_modules/electron/install.js).',
  )
}

describe.skipIf(!program)('The desktop app on Electron', { timeout: 60_000 }, () => {
  it('signs in, counts beside the clock, notifies while nobody looks, and leads to the conversation', async () => {
    const server = await GuardedConsole.serve()
    const { app, page } = await launch(server, await home())
    await signIn(page, await server.token('you'))
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'you', text: 'hello **you**' })
    await expect.poll(() => told(app, 'notices')).toMatchObject([{ title: 'bob', body: 'hello you' }])
    await expect.poll(async () => (await told(app, 'toolTips')).at(-1)).toBe('IM Console: 1 unread message')
    await app.evaluate(() => (Reflect.get(globalThis, 'told') as Told).notices[0]?.click())
    await page.getByText('hello').last().waitFor()
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/chats/bob')
    await expect.poll(async () => (await told(app, 'toolTips')).at(-1)).toBe('IM Console: No unread messages')
  })

  it('gives its pages two bridges and nothing of Node, and lets them go nowhere', async () => {
    const { app, page } = await launch(await GuardedConsole.serve(), await home())
    const found = await page.evaluate(() => [
      typeof Reflect.get(window, 'require'),
      typeof Reflect.get(window, 'process'),
    ])
    expect(found).toEqual(['undefined', 'undefined'])
    expect(
      await page.evaluate(() =>
        Object.keys(window)
          .filter(name => name.startsWith('im'))
          .sort(),
      ),
    ).toEqual(['imBridge', 'imDesktop'])
    await page.evaluate(() => {
      window.open('https://example.org/')
      window.open('file:///etc/passwd')
      location.href = 'https://example.org/'
    })
    await expect.poll(() => told(app, 'outside')).toEqual(['https://example.org/'])
    expect(page.url()).toMatch(/^app:\/\/console\//)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  it('is one: a second start shows the first, and brings its link', async () => {
    const server = await GuardedConsole.serve()
    const folder = await home()
    const { app, page } = await launch(server, folder)
    await signIn(page, await server.token('you'))
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
    const second = spawn(program ?? '', argumentsOf(['im-console://chats/bob']), { env: environment(server, folder) })
    await once(second, 'exit')
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('#/chats/bob')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized())).toBe(false)
  })

  it('follows a link that it is started with, into the account of the last time', async () => {
    const server = await GuardedConsole.serve()
    const folder = await home()
    const first = await launch(server, folder)
    await signIn(first.page, await server.token('you'))
    await first.app.close()
    const { page } = await launch(server, folder, ['im-console://chats/bob'])
    await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
    expect(await page.evaluate(() => location.hash)).toBe('#/chats/bob')
  })

  it('goes on when its windows are closed, and quits cleanly with everything stored', async () => {
    const server = await GuardedConsole.serve()
    const folder = await home()
    const { app, page } = await launch(server, folder)
    await signIn(page, await server.token('you'))
    await server.close()
    await page.evaluate(() => {
      location.hash = '#/chats/bob'
    })
    const field = page.getByRole('textbox', { name: 'Message', exact: true })
    await field.fill('written offline')
    await field.press('Enter')
    await page.locator('[data-status="queued"]').waitFor()
    await page.close()
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
    const closed = app.waitForEvent('close')
    await app.evaluate(({ app }) => app.quit())
    await closed
    const workspace = join(folder, '.gateway', 'workspaces', 'you', 'im_client')
    expect(await readFile(join(workspace, 'queue', 'outbox.json'), 'utf8')).toContain('written offline')
    expect(existsSync(join(workspace, 'owner.sock'))).toBe(false)
  })
})

/** As `electron/index.js` finds it, which would fetch it otherwise. */
function electronProgram(): string | undefined {
  const folder = 'node_modules/electron'
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] || join(folder, 'dist'), name)
  return existsSync(path) ? path : undefined
}

/** A home folder: workspaces, and what the app keeps. */
async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'im-home-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function argumentsOf(args: readonly string[]): string[] {
  const isRoot = process.getuid?.() === 0 // Chromium refuses to be one in its sandbox
  return ['dist/playground/desktop/main.js', ...(isRoot ? ['--no-sandbox'] : []), '--lang=en', ...args]
}

function environment(server: GuardedConsole, folder: string): Record<string, string> {
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: join(folder, '.config'), IM_SERVER: server.url }
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Starts the app, and writes down what its parts are told from now on. */
async function launch(server: GuardedConsole, folder: string, args: readonly string[] = []) {
  const env = environment(server, folder)
  const app = await electron.launch({ executablePath: program ?? '', args: argumentsOf(args), env })
  onTestFinished(() => app.close().catch(() => {})) // it may have quit
  const page = await app.firstWindow()
  await app.evaluate(({ Notification, Tray, shell }) => {
    const told: Told = { notices: [], toolTips: [], outside: [] }
    Object.assign(globalThis, { told })
    Notification.isSupported = () => true
    Notification.prototype.show = function () {
      told.notices.push({ title: this.title, body: this.body, click: () => this.emit('click') })
    }
    Tray.prototype.setToolTip = text => void told.toolTips.push(text)
    shell.openExternal = async url => void told.outside.push(url)
  })
  return { app, page }
}

async function told<Name extends keyof Told>(app: ElectronApplication, name: Name): Promise<Told[Name]> {
  const all = await app.evaluate(() => JSON.stringify(Reflect.get(globalThis, 'told')))
  return (JSON.parse(all) as Told)[name]
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Account' }).fill('you')
  await page.getByText('Server and token').click()
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('[data-state="connected"]').first().waitFor()
}
