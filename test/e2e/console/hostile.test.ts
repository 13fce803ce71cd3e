/** What others may say, in a page with a strict policy: it is shown, and does nothing. */
import { describe, expect, it } from 'vitest'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { Playground } from '../../support/playground.ts'

const HOSTILE: readonly string[] = [
  '<img src=x onerror="window.hacked = 1">',
  '<script>window.hacked = 1</script>',
  '<style>* { display: none !important }</style><iframe src="javascript:parent.hacked = 1"></iframe>',
  '[a link](javascript:window.hacked=1) ![an image](https://evil.example/pixel.png)',
  '<a href="https://evil.example" style="position:fixed;inset:0" onclick="window.hacked = 1">over everything</a>',
  '\u202Egnp.exe\u202C and \u2066 no end',
  '```html\n<img src=x onerror="window.hacked = 1">\n```',
  'x'.repeat(1_000_000),
]

describe('The console, of hostile texts', { timeout: 90_000 }, () => {
  it('shows them harmlessly under its policy', async () => {
    const playground = await Playground.start()
    const tab = await ConsolePage.open(await startBrowser(), await playground.printedUrl())
    const requests: string[] = []
    tab.page.on('request', request => requests.push(new URL(request.url()).origin))
    await tab.signIn()
    const mallory = await playground.join('mallory')
    for (const text of HOSTILE) await mallory.sendMessage({ to: 'you', text })
    await mallory.sendMessage({ to: 'you', text: 'the last of them' })
    await tab.go('#/chats/mallory')
    await tab.page.getByText('<img src=x onerror').first().waitFor()
    await tab.screenshot('hostile')
    await tab.page.getByRole('feed').hover()
    const last = tab.message('the last of them')
    for (let turn = 0; turn < 60 && !(await last.isVisible()); turn++) {
      await tab.page.mouse.wheel(0, 800)
      await tab.page.waitForTimeout(50)
    }
    await last.waitFor()
    await tab.screenshot('hostile-below')
    await tab.page.getByRole('textbox', { name: 'Message', exact: true }).fill('still usable')
    expect(await tab.page.evaluate(() => 'hacked' in window)).toBe(false)
    expect([...new Set(requests)]).toEqual([playground.proxy.url])
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })
})
