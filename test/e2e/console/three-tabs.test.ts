/** Three tabs of one account: one connection, one history, and somebody who takes over. */
import { describe, expect, it } from 'vitest'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { Playground } from '../../support/playground.ts'

/** How often the tab that has the connection is closed, and how many messages come meanwhile from either side. */
const ROUNDS = 4
const BURST = 15

describe('The console in three tabs', { timeout: 90_000 }, () => {
  it('has one connection, shows each message once in each, and goes on when the tab that has it is closed', async () => {
    const playground = await Playground.start()
    const context = await startBrowser()
    const first = await ConsolePage.open(context, await playground.printedUrl())
    await first.signIn()
    await first.connection('connected')
    const others = [
      await ConsolePage.open(context, `${playground.proxy.url}/#/chats/echo`),
      await ConsolePage.open(context, `${playground.proxy.url}/#/chats/echo`),
    ]
    for (const tab of others) await tab.connection('connected')
    await first.look()
    const sessions = async () => {
      const { sessions } = (await (await fetch(`${playground.proxy.url}/health`)).json()) as { sessions: number }
      return sessions
    }
    expect(await sessions()).toBe(3) // the agents and one of three tabs
    await first.go('#/chats/echo')
    await first.status(await first.say('from the first'), 'done')
    for (const tab of others) {
      await tab.look()
      await tab.message('You said: from the first').waitFor()
      expect(await tab.message('You said: from the first').count()).toBe(1)
    }
    await first.page.close()
    await others[0]?.look()
    const [second, third] = others as [ConsolePage, ConsolePage]
    const sent = await second.say('from the second')
    await second.status(sent, 'done')
    await third.look()
    await third.message('You said: from the second').waitFor()
    expect(await third.message('You said: from the second').count()).toBe(1)
    expect(await sessions()).toBe(3)
    await second.go('#/diagnostics')
    await third.go('#/diagnostics')
    const roles = ['Has the connection', 'Shares the connection of another tab']
    const role = async ({ page }: ConsolePage) => {
      await page.bringToFront()
      const found = page.getByText(roles[0] ?? '').or(page.getByText(roles[1] ?? ''))
      await found.waitFor()
      return await found.textContent()
    }
    expect([await role(second), await role(third)].sort()).toEqual(roles)
    expect(others.flatMap(({ violations, errors }) => [...violations, ...errors])).toEqual([])
  })

  it('shows in each timeline what its list shows, whoever is closed while messages come', async () => {
    const playground = await Playground.start()
    const context = await startBrowser()
    const senders = await Promise.all(['ada', 'bob'].map(id => playground.join(id)))
    const open = () => ConsolePage.open(context, `${playground.proxy.url}/#/chats/ada`)
    const first = await open()
    await first.signIn('you')
    await first.connection('connected')
    const tabs = [first, await open(), await open()]
    for (const tab of tabs) await tab.connection('connected')
    for (let round = 0; round < ROUNDS; round++) {
      const last = `last of round ${round}`
      const bursts = senders.map(async sender => {
        for (let at = 0; at < BURST; at++) await sender.sendMessage({ to: 'you', text: `${round}.${at}` })
        await sender.sendMessage({ to: 'you', text: last })
      })
      for (const tab of tabs) await tab.go(`#/chats/${round % 2 ? 'bob' : 'ada'}`)
      const closed = tabs.shift() // it has been there longest, and so has the connection
      await Promise.all([...bursts, closed?.page.close()])
      tabs.push(await open())
      for (const tab of tabs) {
        await tab.look()
        for (const id of ['ada', 'bob']) {
          await tab.page.locator(`a[href="#/chats/${id}"]`).getByText(last).waitFor()
          await tab.go(`#/chats/${id}`)
          await tab.message(last).waitFor()
          expect(await tab.message(last).count()).toBe(1)
        }
      }
    }
    expect(tabs.flatMap(({ violations, errors }) => [...violations, ...errors])).toEqual([])
  })
})
