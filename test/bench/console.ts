/** The web console in Chromium: how soon it shows what is stored, and how smoothly it scrolls through a long conversation. */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { IMClient, memoryStorage } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { type ServedIM, serveIM } from 'im-client/adapters/node'
import { type Browser, type BrowserContext, chromium } from 'playwright'
import { build } from 'vite'
import { chromiumLaunch } from '../browser/installed.ts'
import { fillBrowser } from '../support/fill-browser.ts'
import { longHistoryMessage } from '../support/long-history.ts'
import { type Account, openPainted, type Scrolled, scrollUp } from './console-tab.ts'
import { alternate, type BenchContext, type Benchmark, median, type Row } from './measure.ts'

const PAGES = 'dist/playground/console'
const SELF = 'you'
const OTHER = 'archive'
const HISTORY = 100_000
/** What the server has: what fills the page, and no more. */
const SERVED = 50
const PAINT_ROUNDS = 9
const SCROLL_ROUNDS = 5
/** What a browser does about a page that was closed is not measured with the next. */
const SETTLE_MS = 500
const CHATS = `#/chats/${OTHER}`
const VIEWPORT = { width: 1280, height: 800 }

/** The console. */
export const consolePage: Benchmark = {
  name: 'console',
  run: async context => {
    const { folder, progress } = context
    const browser = await chromium.launch(chromiumLaunch())
    const profile = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...chromiumLaunch(),
      viewport: VIEWPORT,
    })
    const served = await serve(join(folder, 'server'), PAGES)
    const former = await serve(join(folder, 'former'), PAGES)
    try {
      progress(`storing ${HISTORY} messages in the browser`)
      await fill(profile, former)
      const scrolling = await scrolls(profile, former, context)
      await former.close() // its files are with the service worker, its messages in the database
      await converse(served)
      return [...(await paints({ profile, former, browser, served }, context)), ...scrolling]
    } finally {
      await Promise.all([profile.close(), browser.close()])
      await served.close()
    }
  },
}

interface Places {
  readonly profile: BrowserContext
  readonly former: ServedIM
  readonly browser: Browser
  readonly served: ServedIM
}

/** From the navigation until the newest messages are painted: from the database without a network, and from the server. */
async function paints({ profile, former, browser, served }: Places, { progress }: BenchContext): Promise<Row[]> {
  const what = `newest messages painted, of ${HISTORY.toLocaleString('en')} stored, no network`
  const stored = async () => {
    const { page, paintedMs } = await openPainted(profile, account(former))
    await page.close()
    await setTimeout(SETTLE_MS)
    return paintedMs
  }
  const first = async () => {
    const context = await browser.newContext({ viewport: VIEWPORT })
    const { paintedMs } = await openPainted(context, account(served))
    await context.close()
    await setTimeout(SETTLE_MS)
    return paintedMs
  }
  const figures = await alternate(stored, first, { rounds: PAINT_ROUNDS, progress })
  return [{ what, against: 'a first visit, from the server', unit: 'ms', ...figures, goal: { atMost: 0.5 } }]
}

/** Frames while both timelines are scrolled up at the same pace. */
async function scrolls(profile: BrowserContext, { url }: ServedIM, { folder, progress }: BenchContext): Promise<Row[]> {
  const pages = join(folder, 'list')
  await build({
    configFile: 'playground/console/vite.config.ts',
    root: 'test/bench/bare-list',
    logLevel: 'error',
    build: { outDir: pages },
  })
  const list = await serve(join(folder, 'list-server'), pages)
  const found = { ours: [] as Scrolled[], other: [] as Scrolled[] }
  const side = (name: 'ours' | 'other', target: Account) => async (round: number) => {
    const { page } = await openPainted(profile, target)
    const scrolled = await scrollUp(page)
    await page.close()
    if (round >= 0) found[name].push(scrolled)
    return scrolled.dropped
  }
  const bare = { url: list.url, agentId: SELF, address: `?count=${HISTORY}` }
  const dropped = await alternate(side('ours', account({ url })), side('other', bare), {
    rounds: SCROLL_ROUNDS,
    progress,
  })
  await list.close()
  const against = 'the bare list, all in memory'
  const what = `scrolling ${HISTORY.toLocaleString('en')} messages`
  const of = (name: keyof Scrolled) => ({
    ours: median(found.ours.map(scrolled => scrolled[name])),
    other: median(found.other.map(scrolled => scrolled[name])),
  })
  return [
    { what: `${what}: frames dropped`, against, unit: '', ...dropped, goal: { atMost: 1 } },
    { what: `${what}: frames drawn`, against, unit: '', ...of('drawn') },
    { what: `${what}: longest frame`, against, unit: 'ms', ...of('longestMs') },
  ]
}

function account({ url }: { readonly url: string }): Account {
  return { url, agentId: SELF, address: CHATS }
}

function serve(folder: string, pages: string): Promise<ServedIM> {
  return serveIM({ storage: fsStorage(folder, { folder: 'im_server' }), pages })
}

/** Fills the database, and has the service worker store the page. */
async function fill(profile: BrowserContext, { url }: ServedIM): Promise<void> {
  const page = await profile.newPage()
  await fillBrowser(page, { url, agentId: SELF, conversationId: OTHER, count: HISTORY })
  await page.goto(url)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.close()
}

/** The server gets the end of the same conversation. */
async function converse({ url }: ServedIM): Promise<void> {
  const person = (agentId: string) => new IMClient({ storage: memoryStorage(), agentId, imServerUrl: url })
  const [self, other] = [person(SELF), person(OTHER)]
  await Promise.all([self.connect(), other.connect()])
  for (let seq = HISTORY - SERVED + 1; seq <= HISTORY; seq++) {
    const { id, from, text } = longHistoryMessage(OTHER, SELF, seq)
    const [sender, to] = from === SELF ? [self, OTHER] : [other, SELF]
    await sender.sendMessage({ id, to, text })
    await sender.waitForStatus(id, 'delivered')
  }
  await Promise.all([self.close(), other.close()])
}
