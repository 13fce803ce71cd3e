/** Tabs that are put to sleep, and wake up. */
import type { IMClient } from 'im-client'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { processOf, Tabs } from '../../support/tabs.ts'

let tabs: Tabs
let bob: IMClient
beforeAll(async () => {
  tabs = await Tabs.start()
  bob = await tabs.join('bob')
})
afterAll(async () => {
  await bob.close()
  await tabs.close()
})

let count = 0
let account: string
let owner: Page
let view: Page
beforeEach(async () => {
  account = `sleeper-${++count}`
  owner = await tabs.open(account)
  view = await tabs.open(account)
})

/** Freezes a page as a browser does with one in the background; gives the way to wake it up. */
async function freeze(page: Page, before: Page): Promise<() => Promise<void>> {
  await before.bringToFront()
  const session = await page.createCDPSession()
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  return async () => void (await session.send('Page.setWebLifecycleState', { state: 'active' }))
}

const told = (page: Page) => page.evaluate(() => tab.messages.map(({ name }) => name))

const texts = (page: Page) => page.evaluate(() => tab.texts('bob'))

const stateNames = (page: Page) => page.evaluate(() => tab.states.map(({ name }) => name))

describe('A view', { timeout: 60_000 }, () => {
  it('that slept knows what has happened, holds nobody up meanwhile, and is told of what comes', async () => {
    for (const page of [owner, view]) await page.evaluate(() => tab.handle())
    const wake = await freeze(view, owner)
    for (const text of ['one', 'two']) await bob.sendMessage({ to: account, text })
    await expect.poll(() => owner.evaluate(() => tab.handled)).toEqual(['one', 'two'])
    await wake()
    await expect.poll(() => stateNames(view)).toEqual(['connected', 'disconnected', 'connected'])
    expect(await texts(view)).toEqual(['one', 'two'])
    await bob.sendMessage({ to: account, text: 'three' })
    await expect.poll(() => told(view)).toEqual(['three'])
    await expect.poll(() => view.evaluate(() => tab.handled)).toContain('three')
  })

  it('whose owner ended while it slept takes its place', async () => {
    const wake = await freeze(view, owner)
    await owner.close()
    await bob.sendMessage({ to: account, text: 'while nobody was there' })
    await wake()
    await expect.poll(() => view.evaluate(() => tab.isOwner()), { timeout: 5_000 }).toBe(true)
    await expect.poll(() => texts(view), { timeout: 5_000 }).toEqual(['while nobody was there'])
  })

  it('whose process was stopped for so long that its owner gave it up attaches anew', { timeout: 90_000 }, async () => {
    const pid = await processOf(view)
    process.kill(pid, 'SIGSTOP')
    await bob.sendMessage({ to: account, text: 'one' })
    await new Promise(resolve => setTimeout(resolve, 25_000)) // longer than the owner waits for a sign of life
    process.kill(pid, 'SIGCONT')
    await expect.poll(() => texts(view)).toEqual(['one'])
    await bob.sendMessage({ to: account, text: 'two' })
    await expect.poll(() => told(view)).toContain('two')
    expect(await stateNames(view)).toEqual(['connected', 'disconnected', 'connected'])
  })
})

describe('An owner', { timeout: 60_000 }, () => {
  it('that slept stays the owner where nobody has taken its place', async () => {
    await view.close()
    const other = await tabs.page()
    const wake = await freeze(owner, other)
    await bob.sendMessage({ to: account, text: 'one' })
    await wake()
    await expect.poll(() => texts(owner)).toEqual(['one'])
    await owner.evaluate(() => tab.send('bob', 'two'))
    expect(await owner.evaluate(() => tab.isOwner())).toBe(true)
    expect(await owner.evaluate(() => tab.states.map(({ name }) => name))).not.toContain('failed')
    const another = await tabs.open(account)
    expect(await texts(another)).toEqual(['one', 'two'])
  })

  it('that slept while another took its place, and slept, leaves it in that place', async () => {
    const pages: [Page, Page] = [owner, view]
    for (let round = 0; round < 4; round++) {
      const [former, next] = pages
      const wake = await freeze(former, next)
      await expect.poll(() => next.evaluate(() => tab.isOwner()), { timeout: 5_000 }).toBe(true)
      await expect.poll(() => next.evaluate(() => tab.client.state.name)).toBe('connected')
      const since = await next.evaluate(() => tab.states.length)
      await wake()
      await former.evaluate(round => tab.send('bob', `${round}`), round)
      await expect.poll(() => former.evaluate(() => tab.isOwner())).toBe(false)
      expect(await next.evaluate(since => tab.states.slice(since), since)).toEqual([])
      expect(await stateNames(former)).not.toContain('failed')
      pages.reverse()
    }
  })

  it('that is told twice that it wakes stays the owner', async () => {
    await view.close()
    const since = await owner.evaluate(() => tab.states.length)
    await owner.evaluate(async () => {
      const kept = { persisted: true }
      dispatchEvent(new PageTransitionEvent('pagehide', kept))
      document.dispatchEvent(new Event('freeze'))
      await new Promise(resolve => setTimeout(resolve, 200))
      document.dispatchEvent(new Event('resume'))
      dispatchEvent(new PageTransitionEvent('pageshow', kept))
    })
    await owner.evaluate(() => tab.send('bob', 'awake'))
    await new Promise(resolve => setTimeout(resolve, 200)) // it would be known by then
    expect(await owner.evaluate(since => tab.states.slice(since), since)).toEqual([])
  })

  it('that was stopped while the server went away takes nobody the connection', async () => {
    const pages = [owner, view] as [Page, Page]
    for (let round = 0; round < 3; round++) {
      const [stopped, next] = pages
      const pid = await processOf(stopped)
      await next.bringToFront()
      process.kill(pid, 'SIGSTOP')
      await expect.poll(() => next.evaluate(() => tab.isOwner()), { timeout: 5_000 }).toBe(true)
      await tabs.restartServer()
      await expect.poll(() => next.evaluate(() => tab.client.state.name), { timeout: 5_000 }).toBe('connected')
      const since = await next.evaluate(() => tab.states.length)
      process.kill(pid, 'SIGCONT')
      await stopped.evaluate(round => tab.send('bob', `from the former owner ${round}`), round)
      await new Promise(resolve => setTimeout(resolve, 500))
      expect(await next.evaluate(since => tab.states.slice(since), since)).toEqual([])
      expect(await stopped.evaluate(() => tab.client.state.name)).toBe('connected')
      pages.reverse()
    }
    expect(await texts(view)).toEqual([0, 1, 2].map(round => `from the former owner ${round}`))
  })
})
