/** Owner and view over the sockets of a real workspace folder. */
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function ownerAndView() {
  const path = await temporaryFolder()
  const clients = [false, true].map(attach => new IMClient({ storage: fsStorage(path), agentId: 'alice', attach }))
  const [owner, view] = clients as [IMClient, IMClient]
  onTestFinished(async () => void (await Promise.all([view.close(), owner.close()])))
  await owner.listContacts()
  await view.open()
  return { owner, view }
}

it('A view may send any amount at once, and be given any amount', async () => {
  const { owner, view } = await ownerAndView()
  const states: string[] = []
  view.on('state', ({ name }) => states.push(name))
  const text = 'x'.repeat(1_000_000)
  await Promise.all(Array.from({ length: 24 }, () => view.sendMessage({ to: 'bob', text })))
  const history = view.getConversationHistory({ contactId: 'bob', limit: 100 })
  const others = Array.from({ length: 20 }, () => view.stats())
  expect(await history).toHaveLength(24)
  await Promise.all(others)
  expect(await owner.stats()).toMatchObject({ outbox: 24 })
  expect(states).toEqual([])
})
