/** What the console shows in windows of the desktop app and nowhere else. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findingsOfAxe } from '../../support/axe.ts'
import { type BrowserSetting, type ConsolePage, startBrowser } from '../../support/console-page.ts'
import { DesktopConsole } from '../../support/desktop-console.ts'
import { type DesktopFolders, desktopFolders } from '../../support/desktop-world.ts'
import { GuardedConsole } from '../../support/guarded-console.ts'

async function startApp(server: GuardedConsole, folders?: DesktopFolders, setting: BrowserSetting = {}) {
  return await DesktopConsole.start(await startBrowser(setting), server.url, folders)
}

async function signInWithToken({ page }: ConsolePage, agentId: string, token: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Account' }).fill(agentId)
  await page.getByText('Server and token').click()
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').waitFor()
}

/** An agent that runs on this machine. */
async function runAgent(server: GuardedConsole, { workspaces }: DesktopFolders, agentId: string): Promise<IMClient> {
  const agent = new IMClient({
    storage: fsStorage(join(workspaces, agentId)),
    agentId,
    imServerUrl: server.url,
    token: await server.token(agentId),
  })
  onTestFinished(() => agent.close())
  await agent.connect()
  return agent
}

describe('A window of the desktop app', { timeout: 60_000 }, () => {
  it('takes a token, which is in no file and in no page afterwards, and is there after a reload', async () => {
    const server = await GuardedConsole.serve()
    const token = await server.token('you')
    const app = await startApp(server)
    const tab = await app.show(app.world.open[0])
    await signInWithToken(tab, 'you', token)
    await tab.connection('connected')
    await tab.page.reload()
    await tab.connection('connected')
    const kept = await tab.page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
    )
    const databases = await tab.page.evaluate(async () => (await indexedDB.databases()).length)
    expect([kept.includes(token), databases]).toEqual([false, 0])
    for (const text of await filesBelow(app.folders)) expect(text).not.toContain(token)
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })

  it('says that a token is wrong, and takes another', async () => {
    const server = await GuardedConsole.serve()
    const app = await startApp(server)
    const tab = await app.show(app.world.open[0])
    await signInWithToken(tab, 'you', 'wrong')
    await tab.page.getByText('The server refused this token.').waitFor()
    await tab.page.getByLabel('Token', { exact: true }).fill(await server.token('you'))
    await tab.page.getByRole('button', { name: 'Sign in' }).click()
    await tab.connection('connected')
  })

  it.each(['en-GB', 'zh-CN'])('shows the workspaces of the machine to choose from, in %s', async locale => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const employee = await runAgent(server, folders, 'employee')
    await runAgent(server, folders, 'echo')
    await expect.poll(() => readdir(join(folders.workspaces, 'echo', 'im_client'))).toContain('config.json')
    await expect.poll(() => readdir(join(folders.workspaces, 'employee', 'im_client'))).toContain('config.json')
    const app = await startApp(server, folders, { locale })
    const tab = await app.show(app.world.open[0])
    await tab.page.getByText(locale === 'zh-CN' ? '本机的工作区' : 'Workspaces on this machine').waitFor()
    await tab.screenshot(`chooser-${locale}`)
    expect(await findingsOfAxe(tab.page)).toEqual([])
    await tab.page.getByRole('button', { name: /employee/ }).click()
    await tab.connection('connected')
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'employee', text: 'how are you' })
    await tab.page.getByRole('link', { name: 'bob' }).click()
    await tab.message('how are you').waitFor()
    await tab.go('#/diagnostics')
    await tab.page.getByText(join(folders.workspaces, 'employee', 'im_client')).waitFor()
    await tab.screenshot(`diagnostics-${locale}`)
    await tab.page.getByRole('button', { name: /employee/ }).click()
    await tab.screenshot(`menu-${locale}`)
    await tab.page
      .getByRole('menuitem', { name: locale === 'zh-CN' ? '打开另一个工作区' : 'Open another workspace' })
      .click()
    await expect.poll(() => app.world.open.length).toBe(2)
    expect(employee.state.name).toBe('connected')
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })

  it('shows the queue of its own workspace', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const agent = new IMClient({
      storage: fsStorage(join(folders.workspaces, 'worker')),
      agentId: 'worker',
      imServerUrl: server.url,
      token: await server.token('worker'),
      queue: true,
    })
    onTestFinished(() => agent.close())
    await agent.connect()
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'worker', text: 'count these words' })
    const app = await startApp(server, folders)
    const tab = await app.show(app.world.open[0])
    await tab.page.getByRole('button', { name: /worker/ }).click()
    await tab.connection('connected')
    await tab.go('#/queue')
    await tab.page.getByText('count these words').waitFor()
    await tab.screenshot('queue')
    expect(tab.errors).toEqual([])
  })

  it('goes to the conversation of a notification that is clicked', async () => {
    const server = await GuardedConsole.serve()
    const app = await startApp(server)
    const tab = await app.show(app.world.open[0])
    await signInWithToken(tab, 'you', await server.token('you'))
    await tab.connection('connected')
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'you', text: 'are you there?' })
    await expect.poll(() => app.world.notices.length).toBe(1)
    await expect.poll(() => app.world.unread.at(-1)).toBe(1)
    app.world.notices[0]?.click()
    await tab.message('are you there?').waitFor()
    await expect.poll(() => app.world.unread.at(-1)).toBe(0) // it was seen
  })

  it('signs out in every window of the account', async () => {
    const server = await GuardedConsole.serve()
    const app = await startApp(server)
    const tab = await app.show(app.world.open[0])
    await signInWithToken(tab, 'you', await server.token('you'))
    await tab.connection('connected')
    app.world.desktop.openWindow()
    const other = await app.show(app.world.open[1])
    await other.signIn('you')
    await other.connection('connected')
    await tab.page.getByRole('button', { name: 'Account you' }).click()
    await tab.page.getByRole('menuitem', { name: 'Sign out' }).click()
    for (const { page } of [tab, other]) await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await expect.poll(() => server.sessions).toBe(0)
    await tab.page.getByText('Workspaces on this machine').waitFor()
    expect(server.sessions).toBe(0) // no view has looked for another owner
    expect([tab.errors, other.errors]).toEqual([[], []])
  })

  it('says what is wrong with a workspace that cannot be opened', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const config = join(folders.workspaces, 'you', 'im_client', 'config.json')
    await mkdir(dirname(config), { recursive: true })
    await writeFile(config, '{"agentId":"y')
    const app = await startApp(server, folders)
    const tab = await app.show(app.world.open[0])
    await tab.page.getByRole('textbox', { name: 'Account' }).fill('you')
    await tab.page.getByRole('button', { name: 'Sign in' }).click()
    await tab.page.getByText('STORAGE_DAMAGED').waitFor()
    await tab.screenshot('damaged')
    await rm(config)
    await tab.page.getByRole('button', { name: 'Try again' }).click()
    await tab.page.getByRole('navigation').waitFor()
    expect(tab.errors).toEqual([])
  })
})

async function filesBelow(folders: DesktopFolders): Promise<string[]> {
  const read = async (folder: string) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter(entry => entry.isFile())
    return await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  }
  return [...(await read(folders.workspaces)), ...(await read(folders.state))]
}
