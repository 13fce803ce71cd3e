/** Every status that a message of one's own can have, brought about by a second real client, and drawn. */
import { describe, expect, it } from 'vitest'
import { CONSOLE_HOSTS, type ConsoleHost } from '../../support/console-hosts.ts'
import type { ConsolePage } from '../../support/console-page.ts'
import { Playground } from '../../support/playground.ts'

/** A page that is signed in, and looks at the conversation with somebody. */
async function pageWith(host: ConsoleHost, playground: Playground, contactId: string): Promise<ConsolePage> {
  const tab = await host.open(playground.proxy.url)
  await tab.signIn('you')
  await tab.connection('connected')
  await tab.go(`#/chats/${contactId}`)
  return tab
}

describe.each(CONSOLE_HOSTS)('The console %s draws what has become of a message', { timeout: 90_000 }, (_, host) => {
  it('from waiting to done', async () => {
    const playground = await Playground.start()
    const tab = await pageWith(host, playground, 'bob')
    const heal = playground.cutOff()
    const message = await tab.say('step by step')
    await tab.status(message, 'queued')
    heal()
    await tab.status(message, 'accepted')
    const bob = await playground.join('bob')
    await tab.status(message, 'delivered')
    const [{ conversationId } = { conversationId: '' }] = await bob.listConversations()
    await bob.markRead(conversationId)
    await tab.status(message, 'read')
    bob.onMessage(() => {})
    await tab.status(await tab.say('and done'), 'done')
    await tab.screenshot('statuses')
    expect([tab.violations, tab.errors]).toEqual([[], []])
  })

  it('refused with a reason, and accepted when it is tried again', async () => {
    const playground = await Playground.start()
    const ada = await playground.join('ada')
    const { conversationId } = await ada.createGroup({ title: 'Plans', members: ['bob'] })
    const tab = await pageWith(host, playground, conversationId)
    const message = await tab.say('may I')
    await tab.status(message, 'failed')
    await tab.page.getByRole('alert').getByText('This conversation does not exist, or you are no member').waitFor()
    await tab.screenshot('status-refused')
    await ada.updateGroup(conversationId, { add: ['you'] })
    await tab.page.getByRole('button', { name: 'Try again' }).click()
    await tab.status(message, 'accepted')
    expect(await message.count()).toBe(1)
  })

  it('failed in the hands of its recipient, and done when it is sent again', async () => {
    const playground = await Playground.start()
    const tab = await pageWith(host, playground, 'worker')
    const worker = await playground.join('worker', { queue: true })
    let tries = 0
    worker.processPending(
      async () => {
        tries += 1
        if (tries === 1) throw new Error('out of paper')
      },
      { maxAttempts: 1 },
    )
    const message = await tab.say('print this')
    await tab.status(message.first(), 'failed')
    await tab.page.getByText('The recipient could not finish the work on it.').waitFor()
    await tab.screenshot('status-failed')
    await tab.page.getByRole('button', { name: 'Send again' }).click()
    await tab.status(message, 'done')
    expect(await message.count()).toBe(2)
  })

  it('expired, and sent again', async () => {
    const playground = await Playground.start()
    const tab = await pageWith(host, playground, 'late')
    const phone = await playground.join('you')
    const { id } = await phone.sendMessage({
      to: 'late',
      text: 'before noon',
      expiresAt: new Date(Date.now() + 1000).toISOString(),
    })
    await phone.waitForStatus(id, 'accepted')
    await new Promise(resolve => setTimeout(resolve, 1100))
    const late = await playground.join('late')
    late.onMessage(() => {})
    const message = tab.message('before noon')
    await tab.status(message.first(), 'expired')
    await tab.screenshot('status-expired')
    await tab.page.getByRole('button', { name: 'Send again' }).click()
    await tab.status(message, 'done')
  })
})
