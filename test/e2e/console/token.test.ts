/** The console on a server that wants a token: asked for kindly, kept in memory, and shared by the tabs of an account. */
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { CONSOLE_PAGES, GuardedConsole } from '../../support/guarded-console.ts'
import { superviseEmployee } from '../../support/supervised-employee.ts'

/** Signs in as `you`, with a token. */
async function signIn(tab: ConsolePage, token: string): Promise<void> {
  await tab.page.getByText('Server and token').click()
  await tab.page.getByLabel('Token', { exact: true }).fill(token)
  await tab.signIn('you')
}

/** Answers the banner that asks for one. */
async function give({ page }: ConsolePage, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token)
  await page.locator('form').getByRole('button', { name: 'Sign in' }).click()
}

/** Everything that a page can leave behind, as one text. */
async function stored(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    const found: unknown[] = [location.href, history.state, document.cookie, window.name]
    found.push({ ...localStorage }, { ...sessionStorage })
    for (const { name = '' } of await indexedDB.databases()) {
      const opening = indexedDB.open(name)
      const database = await new Promise<IDBDatabase>(resolve => {
        opening.onsuccess = () => resolve(opening.result)
      })
      for (const store of database.objectStoreNames) {
        const reading = database.transaction(store).objectStore(store).getAll()
        found.push(await new Promise(resolve => Object.assign(reading, { onsuccess: () => resolve(reading.result) })))
      }
      database.close()
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      const texts = (await cache.matchAll()).map(async response => [response.url, await response.text()])
      found.push(...(await Promise.all(texts)))
    }
    return JSON.stringify(found)
  })
}

describe('The console on a server that wants a token', { timeout: 60_000 }, () => {
  it('says that a token is wrong, takes another, and keeps neither anywhere', async () => {
    const server = await GuardedConsole.serve()
    const tab = await ConsolePage.open(await startBrowser(), server.url)
    await signIn(tab, 'a-wrong-token')
    await tab.page.getByText('The server refused this token.').waitFor()
    await tab.connection('needsAuth')
    await tab.screenshot('token-refused')
    const token = await server.token('you')
    await give(tab, token)
    await tab.connection('connected')
    await server.join('bob')
    await tab.go('#/chats/bob')
    await tab.status(await tab.say('hello'), 'delivered')
    const left = await stored(tab.page)
    expect(left).toContain('hello') // it is looked for where things are
    expect(left).not.toContain('a-wrong-token')
    expect(left).not.toContain(token)
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })

  it('asks again after a reload, with the history in sight', async () => {
    const server = await GuardedConsole.serve()
    const tab = await ConsolePage.open(await startBrowser(), server.url)
    await signIn(tab, await server.token('you'))
    await server.join('bob')
    await tab.go('#/chats/bob')
    await tab.status(await tab.say('before the reload'), 'delivered')
    await tab.page.reload()
    await tab.page.getByText('The server asks for a token.').waitFor()
    await tab.message('before the reload').waitFor()
    await tab.screenshot('token-needed')
    const waiting = await tab.say('meanwhile')
    await tab.status(waiting, 'queued')
    await give(tab, await server.token('you'))
    await tab.status(waiting, 'delivered')
  })

  it('asks in no second tab, nor when the tab that was told the token is closed', async () => {
    const server = await GuardedConsole.serve()
    const context = await startBrowser()
    const first = await ConsolePage.open(context, server.url)
    await signIn(first, await server.token('you'))
    await first.connection('connected')
    const second = await ConsolePage.open(context, `${server.url}/#/chats/bob`)
    await second.connection('connected')
    expect(server.sessions).toBe(1)
    await first.page.close()
    await second.look()
    await server.join('bob')
    await second.status(await second.say('the first is gone'), 'delivered')
    expect(await second.page.getByLabel('Token', { exact: true }).count()).toBe(0)
  })

  it('takes the token in whichever tab it is given', async () => {
    const server = await GuardedConsole.serve()
    const context = await startBrowser()
    const first = await ConsolePage.open(context, server.url)
    await signIn(first, 'a-wrong-token')
    await first.connection('needsAuth')
    const second = await ConsolePage.open(context, `${server.url}/#/chats`)
    await second.page.getByText('The server refused this token.').waitFor()
    await give(second, await server.token('you'))
    await second.connection('connected')
    await first.look()
    await first.connection('connected')
  })

  it('shows the queue of an employee as soon as the token is right', async () => {
    const { url } = await superviseEmployee({ pages: CONSOLE_PAGES })
    const tab = await ConsolePage.open(await startBrowser(), url)
    await signIn(tab, 'a-wrong-token')
    await tab.connection('needsAuth')
    await tab.go('#/queue')
    await tab.page.getByText('The server refused the account or its token.').waitFor()
    await give(tab, 'your token')
    await tab.page.getByText('Nothing waits.').waitFor()
  })
})
