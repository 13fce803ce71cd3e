import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { describe, expect, it } from 'vitest'
import { isSameAccount, isServer, isWorkspaceName, Workspaces } from '../../../../playground/desktop/workspaces.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const SERVER = 'http://127.0.0.1:8080'

/** A folder of workspaces whose configurations are these texts. */
async function folderOf(configs: Readonly<Record<string, string>>): Promise<string> {
  const root = await temporaryFolder()
  for (const [name, text] of Object.entries(configs)) {
    await mkdir(join(root, name, 'im_client'), { recursive: true })
    await writeFile(join(root, name, 'im_client', 'config.json'), text)
  }
  return root
}

const config = (agentId: string, imServerUrl = SERVER) => JSON.stringify({ agentId, imServerUrl })

describe('The workspaces of a machine', () => {
  it('are those that clients have opened', async () => {
    const root = await temporaryFolder()
    for (const agentId of ['you', 'employee']) {
      const client = new IMClient({ storage: fsStorage(join(root, agentId)), agentId, imServerUrl: SERVER })
      await client.open()
      await client.close()
    }
    expect(await new Workspaces(root).list()).toEqual([
      { workspace: 'employee', agentId: 'employee', server: SERVER },
      { workspace: 'you', agentId: 'you', server: SERVER },
    ])
  })

  it('are none where there is no folder', async () => {
    expect(await new Workspaces(join(await temporaryFolder(), 'none')).list()).toEqual([])
  })

  it('are not what else lies there', async () => {
    const root = await folderOf({
      empty: '',
      list: '[]',
      half: '{"agentId":"you"',
      nobody: JSON.stringify({ imServerUrl: SERVER }),
      homeless: JSON.stringify({ agentId: 'you' }),
      wrong: JSON.stringify({ agentId: 7, imServerUrl: {} }),
      script: config('you', 'javascript:alert(1)'),
      secret: config('you', 'http://user:password@127.0.0.1:8080'),
      '.hidden': config('you'),
      'a b': config('you'),
      good: config('you'),
    })
    await writeFile(join(root, 'file'), '')
    await symlink(join(root, 'good'), join(root, 'linked'))
    expect((await new Workspaces(root).list()).map(({ workspace }) => workspace)).toEqual(['good'])
  })

  it('have names that lead nowhere else', () => {
    const workspaces = new Workspaces('/folder')
    for (const name of ['..', '.', '', 'a/b', '../a', 'a\\b', 'a\0', '.x', 'x'.repeat(129), '__proto__/..', 7, null]) {
      expect([name, isWorkspaceName(name)]).toEqual([name, false])
      expect(() => workspaces.folder(name as string)).toThrow(TypeError)
    }
    expect(workspaces.folder('user_001')).toBe(join('/folder', 'user_001'))
  })

  it('are found by their account, however its server is written', async () => {
    const workspaces = new Workspaces(await folderOf({ a: config('you'), b: config('you', 'https://im.example') }))
    expect(await workspaces.nameFor({ agentId: 'you', server: 'ws://127.0.0.1:8080/' })).toBe('a')
    expect(await workspaces.nameFor({ agentId: 'you', server: 'wss://im.example' })).toBe('b')
  })

  it('get a name of their own for an account that has none, and keep it before anything is stored', async () => {
    const workspaces = new Workspaces(await folderOf({ you: config('you') }))
    const names = []
    for (const server of [SERVER, 'http://other.example', 'http://third.example']) {
      names.push(await workspaces.nameFor({ agentId: 'you', server }))
    }
    names.push(await workspaces.nameFor({ agentId: 'ada', server: SERVER }))
    names.push(await workspaces.nameFor({ agentId: '../../etc', server: SERVER }))
    names.push(await workspaces.nameFor({ agentId: '你好', server: SERVER }))
    expect(names[0]).toBe('you')
    expect(names[3]).toBe('ada')
    expect(new Set(names).size).toBe(6)
    for (const name of names) expect([name, isWorkspaceName(name)]).toEqual([name, true])
    expect(await workspaces.nameFor({ agentId: 'you', server: 'http://other.example' })).toBe(names[1])
  })

  it('take over the folder of an account whose files say nothing', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, 'you', 'im_client'), { recursive: true })
    await writeFile(join(root, 'you', 'im_client', 'journal.jsonl'), '')
    expect(await new Workspaces(root).nameFor({ agentId: 'you', server: SERVER })).toBe('you')
    await writeFile(join(root, 'you', 'im_client', 'config.json'), '{"agentId":"y')
    expect(await new Workspaces(root).nameFor({ agentId: 'you', server: SERVER })).toBe('you')
    await writeFile(join(root, 'you', 'im_client', 'config.json'), '{"agentId":"somebody"}')
    expect(await new Workspaces(root).nameFor({ agentId: 'you', server: SERVER })).not.toBe('you')
  })
})

describe('A server', () => {
  it.each(['http://127.0.0.1:8080', 'wss://im.example/path'])('is %s', server => expect(isServer(server)).toBe(true))

  it.each([
    '',
    'im.example',
    'ftp://a',
    'http://a/?token=x',
    'http://a/#x',
    'http://u:p@a/',
    `http://a/${'x'.repeat(2000)}`,
    7,
  ])('is not %.30s', server => expect(isServer(server)).toBe(false))

  it('is part of who one is', () => {
    expect(isSameAccount({ agentId: 'a', server: 'http://a' }, { agentId: 'a', server: 'https://a' })).toBe(false)
  })
})
