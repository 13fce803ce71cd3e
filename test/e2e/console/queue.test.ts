/** The queue of a digital employee, as the person sees it who looks after it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConsolePage, startBrowser } from '../../support/console-page.ts'
import { Playground } from '../../support/playground.ts'

/** Enough lines for half a minute of work. */
const LOG = Array.from({ length: 400 }, (_, line) => `2026-11-28T04:05:06Z INFO request ${line} served`).join('\n')

describe('The queue in the console', { timeout: 90_000 }, () => {
  it('shows work under way, goes on when the employee is killed, and says when everything is gone', async () => {
    const playground = await Playground.start({ IM_WORK_MS: '2000' })
    const tab = await ConsolePage.open(await startBrowser(), await playground.printedUrl())
    await tab.signIn()
    const client = await playground.join('client')
    await client.sendMessage({ to: 'employee', text: LOG })
    await client.sendMessage({ to: 'employee', text: 'and then this' })
    await tab.go('#/queue')
    await tab.page
      .locator('[data-state="claimed"][data-item]')
      .getByText(/of the lease left/)
      .waitFor()
    await tab.page.locator('[data-state="waiting"][data-item]').getByText('and then this').waitFor()
    await tab.screenshot('queue')
    const { pid } = JSON.parse(await readFile(join(playground.data, 'employee/im_client/owner.lock'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    await tab.page.locator('[data-reach]').waitFor()
    await tab.screenshot('queue-of-a-killed-employee')
    await tab.page.locator('[data-reach]').waitFor({ state: 'detached' })
    await tab.page.locator('[data-state="claimed"][data-item]').getByText('2 attempts').waitFor()
    await playground.kill()
    await tab.page.locator('[data-reach="unreachable"]').waitFor()
    await playground.restart()
    await tab.page.locator('[data-reach]').waitFor({ state: 'detached' })
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })

  it('is shown to nobody else', async () => {
    const playground = await Playground.start()
    const tab = await ConsolePage.open(await startBrowser(), playground.proxy.url)
    await tab.signIn('somebody')
    await tab.go('#/queue')
    await tab.page.getByText('There is no digital employee').waitFor()
    await tab.go('#/queue/employee')
    await tab.page.locator('[data-reach="refused"]').waitFor()
  })
})
