/** Windows are pages of a real Chromium; the main process is this one, with a workspace folder and a server. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { IMClient, type IMError, memoryStorage } from 'im-client'
import { mainFrameOf, type Refused, serveWindows } from 'im-client/adapters/electron/main'
import { fsStorage } from 'im-client/adapters/fs'
import { serveIM } from 'im-client/adapters/node'
import type { Page } from 'playwright'
import { describe, expect, it, onTestFinished } from 'vitest'
import { APP_ORIGIN, BrowserWindows, FOREIGN_ORIGIN } from '../../support/browser-windows.ts'
import { startBrowser } from '../../support/console-page.ts'
import type { WindowPage } from '../../support/pages/window.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** What the page gives. */
declare const app: WindowPage

async function startApp() {
  const served = await serveIM({ storage: memoryStorage() })
  onTestFinished(() => served.close())
  const path = join(await temporaryFolder(), 'alice')
  const owner = new IMClient({ storage: fsStorage(path), agentId: 'alice', queue: true, imServerUrl: served.url })
  onTestFinished(() => owner.close())
  const errors: IMError[] = []
  owner.on('error', error => errors.push(error))
  await owner.connect()
  const bob = new IMClient({ storage: memoryStorage(), agentId: 'bob', imServerUrl: served.url })
  onTestFinished(() => bob.close())
  await bob.connect()
  const windows = await BrowserWindows.open(await startBrowser())
  const refused: Refused[] = []
  const serving = serveWindows({
    ipcMain: windows.ipcMain,
    reach: async (_workspace, events) => fsStorage(path).views?.connect(events),
    isAllowed: mainFrameOf(APP_ORIGIN),
    onRefused: one => refused.push(one),
  })
  onTestFinished(() => serving.close())
  return { owner, bob, windows, refused, errors }
}

const say = (page: Page, text: string) => page.evaluate(text => app.client.sendMessage({ to: 'bob', text }), text)
const shown = (page: Page) => page.getByRole('listitem').allTextContents()
const eventually = async (look: () => Promise<boolean> | boolean) => {
  while (!(await look())) await pause(20)
}

describe('A window in Chromium', { timeout: 60_000 }, () => {
  it('shows by the hooks what its client and others say, and how far it has come', async () => {
    const { bob, windows, errors } = await startApp()
    const [first, second] = [await windows.window(), await windows.window()]
    await say(first, 'from a window')
    await bob.sendMessage({ to: 'alice', text: 'to all windows' })
    for (const page of [first, second]) {
      await page.getByText('to all windows').waitFor()
      expect(await shown(page)).toEqual(['from a window', 'to all windows'])
      await page.locator('li[title=delivered], li[title=read]').first().waitFor()
    }
    expect(errors).toEqual([])
  })

  it('reloads, crashes and is closed without harm to the owner or the others', async () => {
    const { owner, bob, windows, errors } = await startApp()
    const [reloaded, crashed, closed, stays] = await Promise.all([1, 2, 3, 4].map(() => windows.window()))
    if (!reloaded || !crashed || !closed || !stays) throw new Error('There are four windows.')
    for (const page of [reloaded, crashed, closed, stays]) await say(page, 'hello')
    await bob.sendMessage({ to: 'alice', text: 'a task' })
    await eventually(async () => (await owner.stats()).pending === 1)
    expect(await crashed.evaluate(() => app.claim())).toBe('a task')
    expect(await stays.evaluate(() => app.claim())).toBeUndefined()
    await Promise.all([
      reloaded.reload(),
      closed.close(),
      new Promise<void>(resolve => {
        crashed.once('crash', () => resolve())
        crashed.goto('chrome://crash').catch(() => {}) // it crashes
      }),
    ])
    await eventually(async () => (await stays.evaluate(() => app.claim())) === 'a task')
    await stays.evaluate(() => app.complete('done'))
    await say(reloaded, 'again')
    await eventually(async () => (await bob.getConversationHistory({ contactId: 'alice' })).length === 7)
    const texts = (await bob.getConversationHistory({ contactId: 'alice' })).map(({ text }) => text)
    expect(texts.sort()).toEqual(['a task', 'again', 'done', 'hello', 'hello', 'hello', 'hello'])
    await reloaded.getByText('done').waitFor()
    expect(errors).toEqual([])
  })

  it('that shows another site, or has it in a frame, sees nothing', async () => {
    const { windows, refused, owner } = await startApp()
    const attempt = () =>
      (globalThis as unknown as { imBridge: import('../../../adapters/electron/bridge.ts').Bridge }).imBridge.connect(
        'work',
        () => {},
        () => {},
      ).opened
    const foreign = await windows.window(`${FOREIGN_ORIGIN}/`)
    expect(await foreign.evaluate(attempt)).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
    const page = await windows.window()
    for (const origin of [FOREIGN_ORIGIN, APP_ORIGIN]) {
      const frame = await page.evaluateHandle(src => {
        const frame = document.createElement('iframe')
        frame.src = src
        return new Promise<HTMLIFrameElement>(resolve => {
          frame.onload = () => resolve(frame)
          document.body.append(frame)
        })
      }, `${origin}/empty`)
      const content = await frame.asElement()?.contentFrame()
      expect(await content?.evaluate(attempt)).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
    }
    await say(page, 'all is well')
    expect(await owner.getConversationHistory({ contactId: 'bob' })).toHaveLength(1)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['FORBIDDEN']))
  })

  it('meets the same errors, values and types as a client of its own', async () => {
    const { windows } = await startApp()
    const page = await windows.window()
    const outcome = await page.evaluate(async () => {
      const { client } = app
      const nameOf = (promise: Promise<unknown>) =>
        promise.then(
          () => 'none',
          (error: Error & { code?: string }) => error.code ?? error.constructor.name,
        )
      const { id } = await client.sendMessage({ to: 'bob', text: 'rich', data: new Map([['at', new Date(0)]]) })
      const [message] = await client.getConversationHistory({ contactId: 'bob' })
      return {
        isSame: message?.id === id,
        isRich: message?.data instanceof Map && message.data.get('at') instanceof Date,
        wrongType: await nameOf(client.sendMessage({ to: 'bob', text: 5 } as never)),
        unknown: await nameOf(client.editMessage('nobody-said-this', { text: '' })),
        wrongId: await nameOf(client.sendMessage({ to: 'a\u0000b', text: '' })),
      }
    })
    expect(outcome).toEqual({
      isSame: true,
      isRich: true,
      wrongType: 'TypeError',
      unknown: 'MESSAGE_NOT_FOUND',
      wrongId: 'ID_INVALID',
    })
  })
})
