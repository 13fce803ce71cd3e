/** Several tabs of one browser: one of them owns the workspace and the connection, and all show the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tabs } from '../../support/tabs.ts'

let tabs: Tabs
beforeAll(async () => {
  tabs = await Tabs.start()
})
afterAll(() => tabs.close())

describe('Three tabs', { timeout: 60_000 }, () => {
  it('have one connection, and each shows each message once', async () => {
    const bob = await tabs.join('bob')
    const pages = [await tabs.open('alice'), await tabs.open('alice'), await tabs.open('alice')]
    expect(tabs.server.server.stats().sessions).toBe(2)
    for (const [index, page] of pages.entries()) {
      await page.evaluate(async index => {
        tab.handle()
        await tab.send('bob', `from ${index}`)
      }, index)
    }
    const received: string[] = []
    bob.on('message', ({ text }) => received.push(text))
    for (const text of ['one', 'two', 'three']) await bob.sendMessage({ to: 'alice', text })
    for (const page of pages) {
      await expect.poll(() => page.evaluate(() => tab.messages.length)).toBe(3)
      expect(await page.evaluate(() => tab.messages.map(({ name }) => name))).toEqual(['one', 'two', 'three'])
      expect(await page.evaluate(() => tab.handled)).toEqual(['one', 'two', 'three'])
      expect(await page.evaluate(() => tab.errors)).toEqual([])
      const all = ['from 0', 'from 1', 'from 2', 'one', 'two', 'three']
      expect(await page.evaluate(() => tab.texts('bob'))).toEqual(all)
    }
    expect(tabs.server.server.stats().sessions).toBe(2)
    for (const page of pages) await page.close()
    await bob.close()
  })
})
