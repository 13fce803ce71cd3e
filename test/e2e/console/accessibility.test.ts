/** Every screen of the console under axe, in either brightness and language, wide and narrow. */
import { describe, expect, it } from 'vitest'
import { findingsOfAxe } from '../../support/axe.ts'
import { type BrowserSetting, ConsolePage, startBrowser } from '../../support/console-page.ts'
import { Playground } from '../../support/playground.ts'

const MARKDOWN =
  'A **plan**:\n\n1. `one`\n2. two\n\n- [x] done\n\n```ts\nconst a = 1\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\nhttps://example.org'

const SETTINGS: readonly (readonly [name: string, setting: BrowserSetting])[] = [
  ['wide-light-english', {}],
  ['wide-dark-chinese', { colorScheme: 'dark', locale: 'zh-CN' }],
  ['narrow-light-chinese', { locale: 'zh-CN', viewport: { width: 390, height: 844 } }],
  ['narrow-dark-english', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
]

/** A page with a group in which everything was said that a message can say. */
async function talk(playground: Playground, url: string, setting: BrowserSetting): Promise<ConsolePage> {
  const tab = await ConsolePage.open(await startBrowser(setting), url)
  expect(await findingsOfAxe(tab.page)).toEqual([])
  await tab.page.locator('input[autocomplete="username"]').fill('you')
  await tab.page.locator('button[type="submit"]').click()
  await tab.connection('connected')
  const [ada, bob] = await Promise.all([playground.join('ada'), playground.join('bob')])
  const { conversationId } = await ada.createGroup({ title: 'Plans', members: ['you', 'bob'] })
  const plan = await ada.sendMessage({ to: conversationId, text: MARKDOWN, data: { a: [1, 2], b: new Date(0) } })
  const gone = await bob.sendMessage({ to: conversationId, text: 'gone' })
  await bob.waitForStatus(gone.id, 'accepted')
  await bob.deleteMessage(gone.id)
  await bob.react(plan.id, '👍')
  await bob.sendMessage({ to: conversationId, text: '好的', replyTo: plan.id })
  await tab.go(`#/chats/${conversationId}`)
  await tab.message('好的').waitFor()
  await tab.page.locator('[data-composer]').fill('and this')
  await tab.page.locator('[data-composer]').press('Enter')
  await tab.page.locator('article[data-own] [role="img"][data-status="delivered"]').waitFor()
  return tab
}

describe('axe finds nothing', { timeout: 120_000 }, () => {
  it.each(SETTINGS)('in the console, %s', async (name, setting) => {
    const playground = await Playground.start()
    const tab = await talk(playground, playground.proxy.url, setting)
    const findings: string[] = []
    const look = async (what: string) => {
      await tab.page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
      findings.push(...(await findingsOfAxe(tab.page)).map(finding => `${what}: ${finding}`))
      await tab.screenshot(`${what}-${name}`)
    }
    await look('conversation')
    await tab.page.locator('article').last().focus()
    await look('message')
    await tab.page.locator('summary').first().click()
    await look('data')
    for (const screen of ['chats', 'contacts', 'search', 'queue', 'diagnostics']) {
      await tab.go(`#/${screen}`)
      await tab.page.locator('main section').first().waitFor()
      await look(screen)
    }
    await tab.page.keyboard.press('Control+k')
    await tab.page.getByRole('listbox').waitFor()
    await look('palette')
    await tab.page.keyboard.press('Escape')
    await tab.page.getByRole('listbox').waitFor({ state: 'detached' })
    await tab.page.keyboard.press('?')
    await tab.page.getByRole('dialog').waitFor()
    await look('shortcuts')
    expect(findings).toEqual([])
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })
})
