import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isWorkspace, readWorkspaceFiles, readWorkspaceStorage } from '../../../../adapters/cli/workspace-files.ts'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { IMClient } from '../../../../src/index.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await temporaryFolder()
  await mkdir(join(path, 'im_client'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, 'im_client', name), text)
  return path
}

describe('The files of a workspace', () => {
  it('hold the same as its storage', async () => {
    const path = await temporaryFolder()
    const storage = fsStorage(path)
    const client = new IMClient({ storage, agentId: 'alice', queue: true })
    await client.sendMessage({ to: 'bob', text: 'hello' })
    const stored = await readWorkspaceStorage(storage)
    await client.close()
    expect(stored).toMatchObject({
      config: { agentId: 'alice', settings: { queue: true } },
      outbox: [{ type: 'message' }],
    })
    expect(await readWorkspaceFiles(path)).toEqual(stored)
  })

  it('that are not there yet hold nothing', async () => {
    const path = await folder({ 'config.json': '{"agentId": "alice"}' })
    expect(await readWorkspaceFiles(path)).toEqual({
      config: { agentId: 'alice' },
      awaited: [],
      conversations: [],
      pending: [],
      outbox: [],
      dead: [],
      state: {},
    })
  })

  it.each(['{"agentId"', '[]', 'null', ''])('are refused where one holds %j', async text => {
    const reading = readWorkspaceFiles(await folder({ 'state.json': text }))
    await expect(reading).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
  })

  it('make a folder a workspace', async () => {
    expect(isWorkspace(await folder({}))).toBe(false)
    expect(isWorkspace(await folder({ 'journal.jsonl': '' }))).toBe(true)
  })
})
