/** Tabs that want the same: at once, without sharing, in other versions, and in browsers that cannot share. */
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tabs } from '../../support/tabs.ts'

let tabs: Tabs
beforeAll(async () => {
  tabs = await Tabs.start()
})
afterAll(() => tabs.close())

const sessions = () => tabs.server.server.stats().sessions

/** The code, the details and the state that beginning in a tab ends with. */
async function refusal(page: Page, name: string, attach: boolean) {
  const start = { name, agentId: name, imServerUrl: tabs.server.url, attach }
  return page.evaluate(
    start =>
      tab.start(start).then(
        () => undefined,
        ({ code, details }) => ({ code, details, state: tab.client.state.name }),
      ),
    start,
  )
}

const owners = async (pages: readonly Page[]) =>
  (await Promise.all(pages.map(page => page.evaluate(() => tab.isOwner())))).filter(Boolean).length

describe('Tabs', { timeout: 60_000 }, () => {
  it('that are opened at once, ten of them, have one owner', async () => {
    const pages = await Promise.all(Array.from({ length: 10 }, () => tabs.page()))
    const before = sessions()
    await Promise.all(pages.map(page => tabs.begin(page, 'crowd')))
    expect(sessions() - before).toBe(1)
    expect(await owners(pages)).toBe(1)
    const [first, ...others] = pages as [Page, ...Page[]]
    await first.evaluate(() => tab.send('bob', 'hello'))
    for (const page of others) expect(await page.evaluate(() => tab.texts('bob'))).toEqual(['hello'])
    for (const page of pages) expect(await page.evaluate(() => tab.errors)).toEqual([])
    await Promise.all(pages.map(page => page.close()))
  })

  it('that do not share are refused, and told by whom', async () => {
    const page = await tabs.page()
    await page.evaluate(() => history.replaceState(null, '', '?code=secret#token=secret'))
    await tabs.begin(page, 'mine', { attach: false })
    const second = await tabs.page()
    expect(await refusal(second, 'mine', false)).toEqual({
      code: 'STORAGE_LOCKED',
      details: { since: expect.stringMatching(/^\d{4}-/), page: expect.stringMatching(/^http.*\/present$/) },
      state: 'disconnected',
    })
    await page.close()
    await expect.poll(() => refusal(second, 'mine', false)).toBeUndefined()
    await second.close()
  })
})

describe('A page that is busy', { timeout: 60_000 }, () => {
  const pair = async (name: string) => [await tabs.open(name), await tabs.open(name)] as const

  it('for less than a second stays the owner', async () => {
    const [owner, view] = await pair('busy')
    await owner.evaluate(() => tab.block(700))
    await view.evaluate(() => tab.send('bob', 'after it'))
    expect(await owner.evaluate(() => tab.isOwner())).toBe(true)
    expect(await view.evaluate(() => tab.states.map(({ name }) => name))).toEqual(['connected'])
    await Promise.all([owner.close(), view.close()])
  })

  it('for longer is taken over, and goes on as a view', async () => {
    const [owner, view] = await pair('long')
    const busy = owner.evaluate(() => tab.block(4_000))
    await view.evaluate(() => tab.send('bob', 'from the view'))
    expect(await view.evaluate(() => tab.isOwner())).toBe(true)
    await busy
    await owner.evaluate(() => tab.send('bob', 'from the former owner'))
    expect(await owner.evaluate(() => tab.isOwner())).toBe(false)
    for (const page of [owner, view])
      expect(await page.evaluate(() => tab.texts('bob'))).toEqual(['from the view', 'from the former owner'])
    await Promise.all([owner.close(), view.close()])
  })
})

describe('A page of a later version', { timeout: 60_000 }, () => {
  it('is refused by the owner of the present one, which goes on; then it is the other way round', async () => {
    const present = await tabs.open('versions')
    const later = await tabs.page({ version: 'later' })
    const code = 'PROTOCOL_VERSION_UNSUPPORTED'
    expect(await refusal(later, 'versions', true)).toEqual({ code, details: { owner: 1, view: 2 }, state: 'failed' })
    await present.evaluate(() => tab.send('bob', 'all is well'))
    await present.close()
    await later.evaluate(async () => void (await tab.client.connect()))
    expect(await later.evaluate(() => tab.texts('bob'))).toEqual(['all is well'])
    const another = await tabs.page()
    expect(await refusal(another, 'versions', true)).toEqual({ code, details: { owner: 2, view: 1 }, state: 'failed' })
    await later.close()
    const unreadable = { code: 'WORKSPACE_FORMAT_UNSUPPORTED', details: {}, state: 'failed' }
    expect(await refusal(another, 'versions', true)).toEqual(unreadable)
    const again = await tabs.open('versions', {}, { version: 'later' })
    expect(await again.evaluate(() => tab.texts('bob'))).toEqual(['all is well'])
    await Promise.all([another.close(), again.close()])
  })
})

describe('A page of a later version that comes while the owner sleeps', { timeout: 60_000 }, () => {
  it('changes the database at once; the former owner says that it has to be reloaded', async () => {
    const present = await tabs.open('asleep')
    await present.evaluate(() => tab.send('bob', 'all is well'))
    const later = await tabs.page({ version: 'later' })
    const session = await present.createCDPSession()
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await tabs.begin(later, 'asleep')
    expect(await later.evaluate(() => tab.texts('bob'))).toEqual(['all is well'])
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await expect.poll(() => present.evaluate(() => tab.client.state.name), { timeout: 5_000 }).toBe('failed')
    await Promise.all([present.close(), later.close()])
  })
})

describe('A page of the same origin that says anything on the channel', { timeout: 60_000 }, () => {
  it('disturbs nobody', async () => {
    const pages = [await tabs.open('noise'), await tabs.open('noise')] as const
    const problems: string[] = []
    for (const page of pages) page.on('pageerror', error => problems.push(String(error).slice(0, 200)))
    const stranger = await tabs.page()
    await stranger.evaluate(() => {
      const channel = new BroadcastChannel('im-client:noise')
      const noise = [null, undefined, 1, 'text', 'x'.repeat(5_000_000), [], {}, { knock: 5 }, { knock: {} }, { to: 1 }]
      for (const data of [...noise, ...noise, { opened: 1 }, new Map()]) channel.postMessage(data)
    })
    await pages[1].evaluate(() => tab.send('bob', 'one'))
    for (const page of pages) {
      expect(await page.evaluate(() => tab.texts('bob'))).toEqual(['one'])
      expect(await page.evaluate(() => tab.errors)).toEqual([])
    }
    expect(await pages[0].evaluate(() => tab.isOwner())).toBe(true)
    expect(problems).toEqual([])
    await Promise.all([...pages, stranger].map(page => page.close()))
  })
})

describe('A browser', { timeout: 60_000 }, () => {
  it('without locks serves a single tab: the former one is fenced', async () => {
    const before = () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })
    const first = await tabs.open('lockless', {}, { before })
    await first.evaluate(() => tab.send('bob', 'one'))
    const second = await tabs.open('lockless', {}, { before })
    await second.evaluate(() => tab.send('bob', 'two'))
    expect(await first.evaluate(() => tab.send('bob', 'lost?').catch(({ code }) => code))).toBe('STORAGE_FENCED')
    expect(await second.evaluate(() => tab.texts('bob'))).toEqual(['one', 'two'])
    await Promise.all([first.close(), second.close()])
  })

  it('without channels serves a single tab: the second is refused', async () => {
    const before = () => void Reflect.deleteProperty(globalThis, 'BroadcastChannel')
    const first = await tabs.open('mute', {}, { before })
    const second = await tabs.page({ before })
    expect(await refusal(second, 'mute', true)).toMatchObject({ code: 'STORAGE_LOCKED' })
    await first.evaluate(() => tab.send('bob', 'one'))
    expect(await first.evaluate(() => tab.texts('bob'))).toEqual(['one'])
    await Promise.all([first.close(), second.close()])
  })
})
