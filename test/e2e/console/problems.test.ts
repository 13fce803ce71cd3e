/** What keeps an account's messages from being opened, stored or sent: each said in words, with the way on. */
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { noAuthentication } from '../../../src/server/index.ts'
import { findingsOfAxe } from '../../support/axe.ts'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { GuardedConsole } from '../../support/guarded-console.ts'

const LANGUAGES = ['en-GB', 'zh-CN'] as const

/** Signs in as `you`, in any language. */
async function enter({ page }: ConsolePage): Promise<void> {
  await page.locator('input[autocomplete="username"]').fill('you')
  await page.locator('button[type="submit"]').click()
}

function serve(): Promise<GuardedConsole> {
  return GuardedConsole.serve({ authenticator: noAuthentication })
}

/** What a newer console would leave behind. */
async function leaveNewerDatabase(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const opening = indexedDB.open(`im-client:${location.origin}:you`, 999)
    const database = await new Promise<IDBDatabase>(resolve => {
      opening.onsuccess = () => resolve(opening.result)
    })
    database.close()
  })
}

describe.each(LANGUAGES)('The console says what is wrong, in %s', { timeout: 60_000 }, locale => {
  const words = (english: string, chinese: string) => (locale === 'en-GB' ? english : chinese)

  it('where a newer console has written the messages', async () => {
    const server = await serve()
    const tab = await ConsolePage.open(await startBrowser({ locale }), server.url)
    await leaveNewerDatabase(tab.page)
    await enter(tab)
    await tab.page.getByText('WORKSPACE_FORMAT_UNSUPPORTED').waitFor()
    await tab.page.getByRole('button', { name: words('Reload', '重新加载') }).waitFor()
    await tab.screenshot(`problem-newer-${locale}`)
    expect(await findingsOfAxe(tab.page)).toEqual([])
    expect(tab.errors).toEqual([])
  })

  it('where another tab has them open and cannot share them, and opens them when it is closed', async () => {
    const server = await serve()
    const context = await startBrowser({ locale })
    await context.addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'))
    const first = await ConsolePage.open(context, server.url)
    await enter(first)
    await first.connection('connected')
    const second = await ConsolePage.open(context, server.url)
    await second.page.getByText('STORAGE_LOCKED').waitFor()
    await second.screenshot(`problem-locked-${locale}`)
    expect(await findingsOfAxe(second.page)).toEqual([])
    await first.page.close()
    await second.page.getByRole('button', { name: words('Try again', '重试') }).click()
    await second.connection('connected')
    expect(second.errors).toEqual([])
  })

  it('where the browser has no database, and forgets', async () => {
    const server = await serve()
    const context = await startBrowser({ locale })
    await context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
    const tab = await ConsolePage.open(context, server.url)
    await enter(tab)
    await tab.connection('connected')
    await tab.page.getByText(words('This browser keeps nothing.', '此浏览器不会保存任何内容。')).waitFor()
    await tab.screenshot(`problem-forgetful-${locale}`)
    expect(tab.errors).toEqual([])
  })

  it('where there is no space left, and keeps what was written', async () => {
    const server = await serve()
    const tab = await ConsolePage.open(await startBrowser({ locale }), server.url)
    await enter(tab)
    await tab.connection('connected')
    await tab.go('#/chats/bob')
    const field = tab.page.locator('[data-composer]')
    await tab.page.evaluate(() => {
      const { put } = IDBObjectStore.prototype
      Object.assign(window, { makeRoom: () => Object.assign(IDBObjectStore.prototype, { put }) })
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('', 'QuotaExceededError')
      }
    })
    await field.fill('no room for this')
    await field.press('Enter')
    await tab.page.getByText('STORAGE_FULL').first().waitFor()
    await tab.screenshot(`problem-full-${locale}`)
    expect(await field.inputValue()).toBe('no room for this')
    const bob = await server.join('bob')
    await bob.sendMessage({ to: 'you', text: 'nor for this' })
    await tab.page.locator('[data-tone="bad"]').getByText('STORAGE_FULL').waitFor()
    await tab.screenshot(`problem-full-of-incoming-${locale}`)
    await tab.page.evaluate(() => Reflect.get(window, 'makeRoom')())
    await field.press('Enter')
    await tab.message('no room for this').waitFor()
    await tab.message('nor for this').waitFor()
    expect(tab.errors).toEqual([])
  })

  it('where page and server have no version in common', async () => {
    const server = await serve()
    const tab = await ConsolePage.open(await startBrowser({ locale }), server.url)
    await tab.page.routeWebSocket(/\/im$/, socket => {
      const far = socket.connectToServer()
      socket.onMessage(text => far.send(String(text).replace(/("versions":)\[[^\]]*\]/, '$1[99]')))
    })
    await enter(tab)
    await tab.page.getByText('PROTOCOL_VERSION_UNSUPPORTED').waitFor()
    await tab.page.getByRole('button', { name: words('Reload', '重新加载') }).waitFor()
    await tab.screenshot(`problem-versions-${locale}`)
    expect(await findingsOfAxe(tab.page)).toEqual([])
  })

  it('where a screen cannot be drawn', async () => {
    const server = await serve()
    const tab = await ConsolePage.open(await startBrowser({ locale }), server.url)
    await enter(tab)
    await tab.connection('connected')
    await tab.page.evaluate(() => {
      Reflect.set(Intl, 'DateTimeFormat', undefined)
    })
    await tab.go('#/diagnostics')
    await tab.page.getByText('not a constructor').waitFor()
    await tab.screenshot(`problem-breakdown-${locale}`)
    await tab.page.getByRole('button', { name: words('Reload', '重新加载') }).click()
    await tab.connection('connected')
  })
})

describe('The console', { timeout: 60_000 }, () => {
  it('opens in a browser that keeps nothing at all', async () => {
    const server = await serve()
    const context = await startBrowser()
    await context.addInitScript(() => {
      for (const name of ['localStorage', 'indexedDB']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('It is blocked.', 'SecurityError')
          },
        })
      }
    })
    const tab = await ConsolePage.open(context, server.url)
    await enter(tab)
    await tab.connection('connected')
    await tab.page.getByText('This browser keeps nothing.').waitFor()
    expect(tab.errors).toEqual([])
  })

  it('signs out in every tab of the account', async () => {
    const server = await serve()
    const context = await startBrowser()
    const first = await ConsolePage.open(context, server.url)
    await enter(first)
    await first.connection('connected')
    const second = await ConsolePage.open(context, server.url)
    await second.connection('connected')
    await second.page.getByRole('button', { name: 'Account you' }).click()
    await second.page.getByRole('menuitem', { name: 'Sign out' }).click()
    for (const { page } of [second, first]) await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await expect.poll(() => server.sessions).toBe(0)
  })
})
