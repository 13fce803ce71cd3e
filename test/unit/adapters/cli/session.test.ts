import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { expect, it, onTestFinished } from 'vitest'
import { withClient } from '../../../../adapters/cli/session.ts'
import { Terminal } from '../../../../adapters/cli/terminal.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

it('Session: a process of the same number on another machine is another process', async () => {
  const workspace = await temporaryFolder()
  const owner = new IMClient({ storage: fsStorage(workspace), agentId: 'alice' })
  onTestFinished(() => owner.close())
  await owner.listContacts()
  const path = join(workspace, 'im_client', 'owner.lock')
  const lock = JSON.parse(await readFile(path, 'utf8')) as object
  await writeFile(path, JSON.stringify({ ...lock, host: 'another-container' }))
  const { stdout, stderr } = process
  const terminal = new Terminal({ json: true, stdout, stderr, env: {}, onUnread: () => {} })
  const { signal } = new AbortController()
  let found: unknown
  await withClient({ workspace }, { terminal, signal }, async (_, held) => {
    found = held.owner
  })
  expect(found).toMatchObject({ pid: process.pid, host: 'another-container' })
})
