/** The console of `npm start`, as somebody meets it who has read nothing but the terminal. */
import { describe, expect, it } from 'vitest'
import { CONSOLE_HOSTS } from '../../support/console-hosts.ts'
import { Playground } from '../../support/playground.ts'

describe.each(CONSOLE_HOSTS)('The console %s', { timeout: 90_000 }, (_, host) => {
  it('lets somebody new talk to both agents within a minute', async () => {
    const begun = performance.now()
    const playground = await Playground.start()
    const tab = await host.open(await playground.printedUrl())
    await tab.screenshot('sign-in')
    await tab.signIn()
    await tab.connection('connected')
    await tab.page.getByText('Answers each message at once').waitFor()
    await tab.page.getByText(/^Works through its queue/).waitFor()
    await tab.screenshot('contacts')
    await tab.page.getByRole('button', { name: 'Write to echo' }).click()
    const hello = await tab.say('hello 你好')
    await tab.status(hello, 'done')
    await tab.message('You said: hello 你好').waitFor()
    await tab.screenshot('talk-to-echo')
    await tab.go('#/chats/employee')
    const work = await tab.say('one and one and one')
    await tab.status(work, 'done')
    await tab.page
      .getByText(/5 words/)
      .last()
      .waitFor()
    await tab.screenshot('talk-to-employee')
    expect(performance.now() - begun).toBeLessThan(60_000)
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })
})
