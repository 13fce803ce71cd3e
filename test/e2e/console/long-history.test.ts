/** The console with a conversation that has gone on for years. */
import type { IMClient } from 'im-client'
import { describe, expect, it } from 'vitest'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { fillBrowser } from '../../support/fill-browser.ts'
import { Playground } from '../../support/playground.ts'
import { distanceToEnd, type Watched, watchTimeline } from '../../support/timeline-watch.ts'

const COUNT = 100_000
/** What the eye does not notice, in pixels. */
const STILL_PX = 4
/** Messages that are in the page at once, at most. */
const MAX_DRAWN = 120

/** A browser that holds the conversation, signed in and looking at it. */
async function openLongHistory() {
  const playground = await Playground.start()
  const context = await startBrowser()
  const { url } = playground.proxy
  await fillBrowser(await context.newPage(), { url, agentId: 'you', conversationId: 'archive', count: COUNT })
  const tab = await ConsolePage.open(context, url)
  await tab.signIn('you')
  await tab.go('#/chats/archive')
  await messageAt(tab, COUNT).waitFor()
  return { tab, archive: await playground.join('archive') }
}

function messageAt(tab: ConsolePage, seq: number) {
  return tab.page.locator(`[data-message="m${seq}"]`)
}

async function say(archive: IMClient, count: number, text: string): Promise<void> {
  const messages = Array.from({ length: count }, (_, at) =>
    archive.sendMessage({ to: 'you', text: `${text} ${at + 1}` }),
  )
  await Promise.all(messages)
}

function expectCalm({ jumpPx, blank, drawn }: Watched): void {
  expect({ jumps: jumpPx > STILL_PX ? jumpPx : 0, blank }).toEqual({ jumps: 0, blank: 0 })
  expect(drawn).toBeLessThan(MAX_DRAWN)
}

async function expectNewest(tab: ConsolePage, text: string): Promise<void> {
  await tab.message(text).waitFor()
  await expect.poll(() => distanceToEnd(tab.page)).toBeLessThanOrEqual(STILL_PX)
}

describe('A conversation of 100,000 messages', { timeout: 120_000 }, () => {
  it('opens at its end, and keeps what is read in its place whatever comes above or below', async () => {
    const { tab, archive } = await openLongHistory()
    expect(await distanceToEnd(tab.page)).toBeLessThanOrEqual(STILL_PX)
    const scrolled = await watchTimeline(tab.page, { frames: 50, step: 350 })
    expectCalm(scrolled)
    expect(scrolled.passed).toBeGreaterThan(150) // several pages of 50
    const burst = say(archive, 300, 'while away')
    expectCalm(await watchTimeline(tab.page, { frames: 60, step: 0 }))
    await burst
    const toEnd = tab.page.getByRole('button', { name: '300 new messages' })
    await toEnd.waitFor()
    const further = await watchTimeline(tab.page, { frames: 190, step: 400 })
    expectCalm(further)
    expect(scrolled.passed + further.passed).toBeGreaterThan(1000) // more than are kept: the newest have gone
    await toEnd.click()
    await expectNewest(tab, 'while away 300')
    await say(archive, 60, 'at the end')
    await expectNewest(tab, 'at the end 60')
    await search(tab, 31_234)
    await tab.page.getByRole('button', { name: 'To the newest message' }).click()
    await expectNewest(tab, 'at the end 60')
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })
})

/** Finds a message deep in the history, goes there, and on from there. */
async function search(tab: ConsolePage, seq: number): Promise<void> {
  await tab.go('#/search')
  await tab.page.getByRole('searchbox').fill(`(${seq})`)
  await tab.page.getByRole('link', { name: `(${seq})` }).click()
  await messageAt(tab, seq).waitFor()
  expectCalm(await watchTimeline(tab.page, { frames: 3, step: 0 }))
  expect(await messageAt(tab, seq).isVisible()).toBe(true)
  expectCalm(await watchTimeline(tab.page, { frames: 30, step: 250 }))
}
