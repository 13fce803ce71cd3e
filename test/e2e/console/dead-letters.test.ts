/** What a digital employee has given up: seen with its reason, tried once more, or thrown away. */
import { describe, expect, it } from 'vitest'
import { findingsOfAxe } from '../../support/axe.ts'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { CONSOLE_PAGES } from '../../support/guarded-console.ts'
import { giveWork, superviseEmployee } from '../../support/supervised-employee.ts'

/** The words of the page, in its languages. */
const WORDS = {
  'en-GB': { redrive: 'Try once more', purge: 'Throw away', all: 'Throw all away', lease: /\d s of the lease left/ },
  'zh-CN': { redrive: '再试一次', purge: '丢弃', all: '全部丢弃', lease: /租约剩余 \d+ 秒/ },
}

describe.each(['en-GB', 'zh-CN'] as const)('Dead letters in the console, in %s', { timeout: 60_000 }, locale => {
  it('tell why, are worked on again, and go away when that is said twice', async () => {
    const words = WORDS[locale]
    const supervised = await superviseEmployee({ pages: CONSOLE_PAGES })
    const { employee, url } = supervised
    await giveWork(supervised, 'print this', 'and this', 'and that')
    let isMended = false
    const worker = employee.processPending(
      async ({ text }) => {
        if (!isMended) throw new Error(`out of paper for "${text}"`)
      },
      { maxAttempts: 1 },
    )
    while ((await employee.listDeadLetters()).length < 3) await new Promise(resolve => setTimeout(resolve, 20))
    await worker.stop()
    const tab = await ConsolePage.open(await startBrowser({ locale, colorScheme: 'dark' }), url)
    const { page } = tab
    await page.locator('input[autocomplete="username"]').fill('you')
    await page.locator('[aria-expanded="false"]').click()
    await page.locator('input[type="password"]').fill('your token')
    await page.locator('button[type="submit"]').click()
    await tab.connection('connected')
    await tab.go('#/queue')
    const letters = page.locator('[data-letter]')
    await letters.filter({ hasText: 'out of paper for "print this"' }).waitFor()
    expect(await letters.count()).toBe(3)
    await tab.screenshot(`dead-letters-${locale}`)
    expect(await findingsOfAxe(page)).toEqual([])

    isMended = true
    const [claimed] = await redriven()
    await page.locator('[data-item][data-state="claimed"]').getByText(words.lease).waitFor()
    expect(await letters.count()).toBe(2)
    await tab.screenshot(`claimed-${locale}`)
    await claimed?.complete()
    await page.locator('[data-item]').waitFor({ state: 'detached' })

    await letters.first().getByRole('button', { name: words.purge }).click()
    await confirm()
    await expect.poll(() => letters.count()).toBe(1)
    await page.getByRole('button', { name: words.all }).click()
    await page.getByRole('dialog').waitFor()
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
    await tab.screenshot(`purge-${locale}`)
    await confirm()
    await letters.waitFor({ state: 'detached' })
    expect(await employee.listDeadLetters()).toEqual([])
    expect([tab.violations, tab.errors]).toEqual([[], []])

    async function redriven() {
      await letters.filter({ hasText: 'print this' }).getByRole('button', { name: words.redrive }).click()
      await page.locator('[data-item][data-state="waiting"]').getByText('print this').waitFor()
      return await employee.claimMessages()
    }

    async function confirm(): Promise<void> {
      await page.getByRole('dialog').getByRole('button', { name: words.purge, exact: true }).click()
    }
  })
})
