/** Texts that want more than to be read, under the page's own policy. */
import { describe, expect, it } from 'vitest'
import { CONSOLE_HOSTS } from '../../support/console-hosts.ts'
import { Playground } from '../../support/playground.ts'

const HOSTILE = [
  '<img src=x onerror="window.harmed=1"><script>window.harmed=2</script>',
  '[click](javascript:window.harmed=3) [data](data:text/html,<script>window.harmed=4</script>) ![p](https://elsewhere.example/p.png)',
  'Invoice \u202egpj.exe and שלום \u2067abc',
  `${'Z\u0300\u0301\u0302\u0303'.repeat(500)}`,
]

describe.each(CONSOLE_HOSTS)('The console %s shows hostile texts', { timeout: 90_000 }, (_, host) => {
  it('as texts: nothing runs, nothing is loaded, nothing leads astray', async () => {
    const playground = await Playground.start()
    const tab = await host.open(playground.proxy.url)
    const elsewhere: string[] = []
    const { origin } = new URL(tab.page.url())
    tab.page.on('request', request => {
      if (!request.url().startsWith(origin)) elsewhere.push(request.url())
    })
    await tab.signIn('you')
    const evil = await playground.join('evil\u202egnp.exe')
    for (const text of HOSTILE) await evil.sendMessage({ to: 'you', text })
    await tab.page.getByRole('link', { name: 'evil\ufffdgnp.exe' }).click()
    await tab.page.getByText('<img src=x onerror="window.harmed=1">').first().waitFor()
    await tab.page
      .locator('article')
      .nth(HOSTILE.length - 1)
      .waitFor()
    await tab.screenshot('hostile-texts')
    await tab.message('Invoice \ufffdgpj.exe and שלום \u2067abc').waitFor()
    expect(await tab.page.locator('body').innerText()).not.toMatch(/[\u202d\u202e]/)
    const timeline = tab.page.getByRole('feed')
    expect(await timeline.locator('img, script, iframe, [onerror], [onload]').count()).toBe(0)
    expect(await timeline.locator('a').evaluateAll(links => links.map(link => link.getAttribute('href')))).toEqual([
      'https://elsewhere.example/p.png',
    ])
    expect(await tab.page.evaluate(() => Reflect.get(window, 'harmed'))).toBeUndefined()
    expect([elsewhere, tab.violations, tab.errors]).toEqual([[], [], []])
  })

  it('of a million characters: shortened, and whole within a moment when that is asked for', async () => {
    const playground = await Playground.start()
    const tab = await host.open(playground.proxy.url)
    await tab.signIn('you')
    const bob = await playground.join('bob')
    await bob.sendMessage({ to: 'you', text: 'x'.repeat(1_000_000) })
    await tab.page.getByRole('link', { name: 'bob' }).click()
    const all = tab.page.getByRole('button', { name: 'Show all' })
    await all.waitFor()
    expect((await tab.page.locator('article').innerText()).length).toBeLessThan(5000)
    await tab.screenshot('long-text')
    await all.click()
    await tab.page.getByRole('button', { name: 'Show less' }).waitFor()
    const shown = await tab.page.locator('article section').evaluate(({ textContent }) => textContent?.length)
    expect(shown).toBe(1_000_000)
  })

  it('that are too long to be sent, kindly, and keeps them', async () => {
    const playground = await Playground.start()
    const tab = await host.open(playground.proxy.url)
    await tab.signIn('you')
    await tab.go('#/chats/echo')
    const field = tab.page.getByRole('textbox', { name: 'Message', exact: true })
    await field.fill('y'.repeat(1_048_577))
    await field.press('Enter')
    await tab.page.getByText('MESSAGE_TOO_LARGE').waitFor()
    expect((await field.inputValue()).length).toBe(1_048_577)
  })
})
