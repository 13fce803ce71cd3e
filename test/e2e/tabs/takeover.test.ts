/** The tab that owns the workspace ends in the middle of sending, whatever way: another goes on within two seconds. */
import type { IMClient } from 'im-client'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processOf, Tabs } from '../../support/tabs.ts'

/** How often each end is tried; `TAKEOVERS` for more. */
const ROUNDS = Number(process.env['TAKEOVERS'] ?? 3)

/** What is promised on a machine with nothing else to do; the tests share theirs. */
const PROMISED_MS = 2_000
const SLACK_MS = 2_000

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

/** Ends an owner. Gives the way to wake it up, if it was only put to sleep. */
type End = (page: Page, pid: number) => Promise<(() => Promise<void>) | undefined>

const ENDS: Readonly<Record<string, End>> = {
  closed: async page => void (await page.close()),
  crashed: async page => {
    const session = await page.createCDPSession()
    session.send('Page.crash').catch(() => {}) // nobody is left to answer
    return undefined
  },
  killed: async (_, pid) => void process.kill(pid, 'SIGKILL'),
  frozen: async page => {
    const session = await page.createCDPSession()
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    return async () => void (await session.send('Page.setWebLifecycleState', { state: 'active' }))
  },
  stopped: async (_, pid) => {
    process.kill(pid, 'SIGSTOP')
    return async () => void process.kill(pid, 'SIGCONT')
  },
}

/** Has a tab send, and notes what it was told to be stored. */
async function sendFrom(page: Page, texts: readonly string[]): Promise<void> {
  await page.evaluate(texts => {
    for (const text of texts)
      tab.send('bob', text).then(
        () => tab.accepted.push(text),
        error => tab.errors.push(String(error)),
      )
  }, texts)
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, index) => `${what} ${index}`)

const accepted = (page: Page) => page.evaluate(() => tab.accepted)

const twice = (texts: readonly string[]) => texts.filter((text, index) => texts.indexOf(text) !== index)

/** All texts of a conversation, as somebody outside of the browser knows it. */
async function textsOf(client: IMClient, contactId: string): Promise<string[]> {
  return (await client.getConversationHistory({ contactId, limit: 1000 })).map(({ text }) => text)
}

/** When each of the other tabs was connected again, in milliseconds after an instant. */
async function connectedAfter(pages: readonly Page[], since: number): Promise<number[]> {
  return Promise.all(
    pages.map(async page => {
      const handle = await page.waitForFunction(
        since => tab.states.find(({ name, at }) => name === 'connected' && at >= since)?.at,
        { polling: 20, timeout: 15_000 },
        since,
      )
      return Number(await handle.jsonValue()) - since
    }),
  )
}

describe.each(Object.entries(ENDS))('The owner is %s', (kind, end) => {
  it('in mid-send, and another goes on', { timeout: 30_000 * ROUNDS }, async () => {
    const took: number[] = []
    const account = `alice-${kind}`
    let pages = [await tabs.open(account), await tabs.open(account), await tabs.open(account)]
    const sent: string[] = []
    const given: string[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const [owner, ...others] = pages as [Page, Page, Page]
      const pid = await processOf(owner)
      const mine = pages.map((_, index) => numbered(`${round} tab ${index}`, 10))
      const theirs = numbered(`${round} bob`, 10)
      await Promise.all(pages.map((page, index) => sendFrom(page, mine[index] ?? [])))
      const giving = Promise.all(theirs.map(text => bob.sendMessage({ to: account, text })))
      await new Promise(resolve => setTimeout(resolve, Math.random() * 40))
      await others[0].bringToFront()
      const at = Date.now()
      const wake = await end(owner, pid)
      const times = await connectedAfter(others, at).catch(async error => {
        for (const p of others)
          console.log(
            'DEBUG',
            at,
            await p.evaluate(() => JSON.stringify([document.hidden, tab.isOwner(), tab.states, tab.errors])),
          )
        throw error
      })
      took.push(Math.max(...times))
      await giving
      await wake?.()
      sent.push(...(wake ? mine : mine.slice(1)).flat())
      given.push(...theirs)
      const alive = wake ? [...others, owner] : others
      for (const page of alive) {
        await expect.poll(() => page.evaluate(() => tab.client.state.name)).toBe('connected')
        await expect.poll(async () => missing(await accepted(page), mine[pages.indexOf(page)] ?? [])).toEqual([])
        await expect
          .poll(() => page.evaluate(() => tab.texts('bob')), { timeout: 5_000 })
          .toEqual(expect.arrayContaining([...sent, ...given]))
        expect(twice(await page.evaluate(() => tab.texts('bob')))).toEqual([])
        expect(twice(await page.evaluate(() => tab.messages.map(({ name }) => name)))).toEqual([])
        expect(await page.evaluate(() => tab.errors)).toEqual([])
      }
      await expect.poll(async () => missing(await textsOf(bob, account), sent)).toEqual([])
      expect(twice(await textsOf(bob, account))).toEqual([])
      expect(tabs.server.server.stats().sessions).toBe(2)
      pages = wake ? alive : [...others, await tabs.open(account)]
      pages = await ownerFirst(pages)
    }
    console.log(`${kind}: taken over after ${took.join(', ')} ms`)
    expect(Math.max(...took)).toBeLessThan(PROMISED_MS + SLACK_MS)
    for (const page of pages) await page.close()
  })
})

const missing = (present: readonly string[], wanted: readonly string[]) =>
  wanted.filter(text => !present.includes(text))

/** The tabs, that which holds the lock before the others. */
async function ownerFirst(pages: readonly Page[]): Promise<Page[]> {
  const owners = await Promise.all(pages.map(page => page.evaluate(() => tab.isOwner())))
  return [...pages].sort((a, b) => Number(owners[pages.indexOf(b)]) - Number(owners[pages.indexOf(a)]))
}
