/** A view that owns a workspace folder, and was suspended for so long that another machine took the folder over. */
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { expect, it, onTestFinished } from 'vitest'
import { thisMachine } from '../../../adapters/fs/machine.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Another machine that shares the folder: it sees neither the process nor its kernel's claim, only the age of the file. */
const elsewhere = {
  pid: thisMachine.pid,
  host: () => 'elsewhere',
  newNonce: thisMachine.newNonce,
  isRunning: thisMachine.isRunning,
  repeat: thisMachine.repeat,
}

function viewOf(storage: ReturnType<typeof fsStorage>): IMClient {
  const client = new IMClient({ storage, agentId: 'alice', attach: true })
  onTestFinished(() => client.close())
  return client
}

async function takenOver() {
  const path = await temporaryFolder()
  const former = viewOf(fsStorage(path))
  await former.sendMessage({ to: 'bob', text: 'before' })
  const longAgo = new Date(Date.now() - 60_000)
  await utimes(join(path, 'im_client', 'owner.lock'), longAgo, longAgo)
  const storage = fsStorage(path, { machine: elsewhere })
  const next = new IMClient({ storage, agentId: 'alice' })
  onTestFinished(() => next.close())
  await next.open()
  return { former, next }
}

const texts = async (client: IMClient) =>
  (await client.getConversationHistory({ contactId: 'bob' })).map(({ text }) => text)

it('It finds out with its next write, which the new owner does', async () => {
  const { former, next } = await takenOver()
  const errors: unknown[] = []
  former.on('error', error => errors.push(error))
  await former.sendMessage({ to: 'bob', text: 'after' })
  expect(await texts(next)).toEqual(['before', 'after'])
  expect(await texts(former)).toEqual(['before', 'after'])
  await next.sendMessage({ to: 'bob', text: 'the last' })
  expect(await texts(former)).toEqual(['before', 'after', 'the last'])
  expect(await next.stats()).toMatchObject({ outbox: 3 })
  expect(errors).toEqual([])
})

it('It finds out within seconds where it writes nothing', async () => {
  const { former, next } = await takenOver()
  await next.sendMessage({ to: 'bob', text: 'of the next' })
  await expect.poll(() => texts(former), { timeout: 10_000 }).toEqual(['before', 'of the next'])
})
