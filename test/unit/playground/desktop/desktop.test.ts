/** The app without Electron: real folders, a real server, the real bridge, and windows that a test sees into. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { IMClient } from 'im-client'
import { bridgeStorage } from 'im-client/adapters/electron/renderer'
import { fsStorage } from 'im-client/adapters/fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Answer } from '../../../../playground/desktop/bridge.ts'
import { type DesktopFolders, DesktopWorld, desktopFolders } from '../../../support/desktop-world.ts'
import type { FakeWindow } from '../../../support/fake-window.ts'
import { GuardedConsole } from '../../../support/guarded-console.ts'
import type { PageGlobals } from '../../../support/window-page.ts'

function valueIn<T>(answer: Answer<T>): T {
  if (!answer.isOk) throw new Error(`${answer.code}: ${answer.message}`)
  return answer.value
}

/** A page in which an account is signed in: its client is a view of the app's. */
async function signIn(
  world: DesktopWorld,
  window: FakeWindow,
  account: { server: string; agentId: string; token?: string },
) {
  const page = world.page(window)
  const { workspace } = valueIn(await page.imDesktop.signIn(account))
  return { page, workspace, client: clientOf(page, workspace) }
}

function clientOf(page: PageGlobals, workspace: string): IMClient {
  const client = new IMClient({ storage: bridgeStorage(workspace, page.imBridge), attach: true })
  onTestFinished(() => client.close())
  return client
}

async function started(folders: DesktopFolders) {
  const world = new DesktopWorld(folders)
  await world.desktop.start()
  const [window] = world.open
  if (!window) throw new Error('No window was opened.')
  return { world, window }
}

async function account(server: GuardedConsole, agentId: string) {
  return { server: server.url, agentId, token: await server.token(agentId) }
}

describe('The desktop app', { timeout: 30_000 }, () => {
  it('lets somebody sign in: the folder and the connection are the main process’, the window is a view', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const { world, window } = await started(folders)
    const beginning = valueIn(await world.page(window).imDesktop.begin())
    expect(beginning).toEqual({ server: 'http://127.0.0.1:8080' })
    const { client, workspace, page } = await signIn(world, window, await account(server, 'you'))
    const bob = await server.join('bob')
    const { id } = await client.sendMessage({ to: 'bob', text: 'hello' })
    await client.waitForStatus(id, 'delivered')
    expect(workspace).toBe('you')
    expect(await readdir(join(folders.workspaces, 'you', 'im_client'))).toContain('owner.sock')
    expect(valueIn(await page.imDesktop.begin()).workspace).toMatchObject({ agentId: 'you', hasToken: true })
    expect(valueIn(await page.imDesktop.roundTrip())).toBeGreaterThan(0)
    await bob.close()
  })

  it('lets a window see the workspace that it shows, and no other', async () => {
    const server = await GuardedConsole.serve()
    const { world, window } = await started(await desktopFolders())
    await signIn(world, window, await account(server, 'you'))
    world.desktop.openWindow()
    const other = world.open[1]
    if (!other) throw new Error('No window was opened.')
    const stranger = clientOf(world.page(other), 'you')
    await expect(stranger.open()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('tells of messages while nobody looks, counts them, and leads to the conversation', async () => {
    const server = await GuardedConsole.serve()
    const { world, window } = await started(await desktopFolders())
    const { client } = await signIn(world, window, await account(server, 'you'))
    await client.addContact({ contactId: 'bob', name: 'Bob the builder' })
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'you', text: 'hello **you**' })
    await expect.poll(() => world.notices).toMatchObject([{ title: 'Bob the builder', body: 'hello you' }])
    await expect.poll(() => world.unread.at(-1)).toBe(1)
    world.notices[0]?.click()
    expect(window.isFocused()).toBe(true)
    expect(window.sent.at(-1)).toEqual(['im-desktop:show', 'bob'])
    await client.markRead('bob')
    await expect.poll(() => world.unread.at(-1)).toBe(0)
    await bob.sendMessage({ to: 'you', text: 'while you look' })
    await expect.poll(() => world.unread.at(-1)).toBe(1)
    expect(world.notices).toEqual([])
  })

  it('goes on without windows, and opens one for whoever clicks', async () => {
    const server = await GuardedConsole.serve()
    const { world, window } = await started(await desktopFolders())
    const { client } = await signIn(world, window, await account(server, 'you'))
    await client.close()
    window.close()
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'you', text: 'anybody there?' })
    await expect.poll(() => world.notices.length).toBe(1)
    world.notices[0]?.click()
    expect(world.open.map(({ hash }) => hash)).toEqual(['#/chats/bob'])
    const [next] = world.open
    const page = next && world.page(next)
    expect(page && valueIn(await page.imDesktop.begin()).workspace).toMatchObject({ workspace: 'you' })
  })

  it('opens what was open the last time, without asking for the token again', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const first = await started(folders)
    await signIn(first.world, first.window, await account(server, 'you'))
    first.world.desktop.openWindow()
    const second = first.world.open[1]
    if (second) await signIn(first.world, second, await account(server, 'ada'))
    await first.world.desktop.close()
    const { world } = await started(folders)
    await world.desktop.close()
    const again = new DesktopWorld(folders)
    await again.desktop.start('bob')
    expect(again.open.map(({ hash }) => hash)).toEqual(['', '#/chats/bob'])
    const begun = await Promise.all(again.open.map(window => again.page(window).imDesktop.begin()))
    expect(begun.map(answer => valueIn(answer).workspace)).toMatchObject([
      { agentId: 'you', hasToken: true },
      { agentId: 'ada', hasToken: true },
    ])
    await expect.poll(() => server.sessions).toBe(2)
    const kept = await filesBelow(folders.state)
    for (const text of kept) expect(text).not.toContain(await server.token('you'))
  })

  it('goes beside an agent that runs, and takes nothing from it', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const agent = new IMClient({
      storage: fsStorage(join(folders.workspaces, 'employee')),
      agentId: 'employee',
      imServerUrl: server.url,
      token: await server.token('employee'),
    })
    onTestFinished(() => agent.close())
    await agent.connect()
    const { world, window } = await started(folders)
    const page = world.page(window)
    await expect
      .poll(async () => valueIn(await page.imDesktop.workspaces()))
      .toEqual([{ workspace: 'employee', agentId: 'employee', server: server.url }])
    valueIn(await page.imDesktop.choose('employee'))
    const { client } = await signIn(world, window, { server: server.url, agentId: 'employee' })
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'employee', text: 'work' })
    await expect.poll(async () => (await client.listConversations()).length).toBe(1)
    expect(server.sessions).toBe(2)
    await client.close()
    await world.desktop.close()
    expect(agent.state.name).toBe('connected')
  })

  it('shows a workspace once: choosing it elsewhere leads to its window', async () => {
    const server = await GuardedConsole.serve()
    const { world, window } = await started(await desktopFolders())
    const { page, client } = await signIn(world, window, await account(server, 'you'))
    await client.open()
    valueIn(await page.imDesktop.openWindow())
    const other = world.open[1]
    if (!other) throw new Error('No window was opened.')
    const chooser = world.page(other).imDesktop
    expect(await chooser.choose('nobody')).toMatchObject({ code: 'FORBIDDEN' })
    await expect.poll(async () => valueIn(await chooser.workspaces()).length).toBe(1)
    expect(valueIn(await chooser.choose('you'))).toBeNull()
    expect([window.isFocused(), other.isDestroyed()]).toEqual([true, true])
  })

  it('signs out in every window of the account, and forgets the token', async () => {
    const server = await GuardedConsole.serve()
    const folders = await desktopFolders()
    const { world, window } = await started(folders)
    const you = await account(server, 'you')
    const { page } = await signIn(world, window, you)
    world.desktop.openWindow()
    const other = world.open[1]
    if (!other) throw new Error('No window was opened.')
    await signIn(world, other, { server: you.server, agentId: 'you' })
    await expect.poll(() => server.sessions).toBe(1)
    valueIn(await page.imDesktop.signOut())
    expect(other.sent.map(([channel]) => channel)).toContain('im-desktop:signedOut')
    await expect.poll(() => server.sessions).toBe(0)
    expect(await readdir(join(folders.state, 'tokens'))).toEqual([])
    await world.desktop.close()
    expect(JSON.parse(await readFile(join(folders.state, 'desktop.json'), 'utf8'))).toEqual({ open: [] })
  })

  it('follows a link into the account that has the conversation', async () => {
    const server = await GuardedConsole.serve()
    const { world, window } = await started(await desktopFolders())
    const { client } = await signIn(world, window, await account(server, 'you'))
    await client.addContact({ contactId: 'bob', name: 'Bob' })
    world.desktop.openWindow()
    const other = world.open[1]
    if (!other) throw new Error('No window was opened.')
    await signIn(world, other, await account(server, 'ada'))
    await world.desktop.openConversation('bob')
    expect(window.sent.at(-1)).toEqual(['im-desktop:show', 'bob'])
    await world.desktop.openConversation('stranger')
    expect([window.isFocused(), window.sent.at(-1)]).toEqual([true, ['im-desktop:show', 'stranger']])
  })

  it('stores what was written before it is closed', async () => {
    const folders = await desktopFolders()
    const { world, window } = await started(folders)
    const { client } = await signIn(world, window, { server: 'http://127.0.0.1:9', agentId: 'you' })
    await client.sendMessage({ to: 'bob', text: 'written offline' })
    await client.close()
    const begun = performance.now()
    await world.desktop.close()
    expect(performance.now() - begun).toBeLessThan(2000)
    const outbox = await readFile(join(folders.workspaces, 'you', 'im_client', 'queue', 'outbox.json'), 'utf8')
    expect(outbox).toContain('written offline')
  })

  it('says what is wrong with a workspace, and opens it once it is not', async () => {
    const folders = await desktopFolders()
    const config = join(folders.workspaces, 'you', 'im_client', 'config.json')
    await mkdir(dirname(config), { recursive: true })
    await writeFile(config, '{"agentId":"y')
    const { world, window } = await started(folders)
    const page = world.page(window)
    const you = { server: 'http://127.0.0.1:9', agentId: 'you' }
    expect(await page.imDesktop.signIn(you)).toMatchObject({ isOk: false, code: 'STORAGE_DAMAGED' })
    await rm(config)
    expect(await page.imDesktop.signIn(you)).toMatchObject({ isOk: true, value: { workspace: 'you' } })
  })
})

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  return await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
}
