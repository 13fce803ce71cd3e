/** `im-client doctor`: what it finds in a damaged workspace, what it does about it, and that it only looks when told so. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { serveIM } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage } from '../../src/index.ts'
import { jsonLines, runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { pathsBelow } from '../support/workspace-check.ts'

/** Bob, with ten messages of Alice, two contacts and one message that he has not sent. Gives also the server, still there. */
async function bobs() {
  const workspace = join(await temporaryFolder(), 'bob')
  const server = await serveIM({ storage: memoryStorage() })
  onTestFinished(() => server.close())
  const alice = new IMClient({ storage: memoryStorage(), agentId: 'alice', imServerUrl: server.url })
  onTestFinished(() => alice.close())
  const bob = new IMClient({ storage: fsStorage(workspace), agentId: 'bob', imServerUrl: server.url })
  await Promise.all([alice.connect(), bob.connect()])
  for (let number = 1; number <= 10; number++) {
    const { id } = await alice.sendMessage({ to: 'bob', text: `message ${number}` })
    await alice.waitForStatus(id, 'delivered')
  }
  await bob.addContact({ contactId: 'alice', name: 'Alice' })
  await bob.addContact({ contactId: 'carol', name: 'Carol' })
  await bob.close()
  const offline = new IMClient({ storage: fsStorage(workspace) })
  await offline.sendMessage({ to: 'alice', text: 'not sent yet' })
  await offline.close()
  return { workspace, file: (place: string) => join(workspace, 'im_client', place) }
}

async function doctor(workspace: string, ...args: string[]) {
  const { code, stdout, stderr } = await runCommand(['doctor', '--json', '--workspace', workspace, ...args])
  const lines = jsonLines(stdout)
  return { code, stderr, summary: lines.at(-1), findings: lines.filter(({ state }) => state === 'found') }
}

/** Replaces text in a file. */
async function alter(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  const altered = text.replace(from, to)
  expect(altered).not.toBe(text)
  await writeFile(path, altered)
}

/** Every byte, name and time below a folder. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const path of (await pathsBelow(folder)).sort()) {
    const { mtimeMs, ctimeMs, mode, size, ino } = await stat(path)
    hash.update(JSON.stringify([path, mtimeMs, ctimeMs, mode, size, ino]))
    if (size > 0 && !(await stat(path)).isDirectory()) hash.update(await readFile(path))
  }
  return hash.digest('hex')
}

async function texts(workspace: string): Promise<string[]> {
  const client = new IMClient({ storage: fsStorage(workspace) })
  await client.connect()
  await expect
    .poll(async () => (await client.getConversationHistory({ contactId: 'alice' })).length)
    .toBeGreaterThan(10)
  const history = await client.getConversationHistory({ contactId: 'alice' })
  await client.close()
  return history.map(({ text }) => text)
}

const ALL = [...Array.from({ length: 10 }, (_, index) => `message ${index + 1}`), 'not sent yet']

describe('im-client doctor', () => {
  it('finds nothing in a workspace that was closed, and changes nothing in it', async () => {
    const { workspace } = await bobs()
    const before = await fingerprint(workspace)
    const { code, summary, findings } = await doctor(workspace)
    expect({ code, findings }).toEqual({ code: 0, findings: [] })
    expect(summary).toMatchObject({ damage: 0, remaining: 0, quarantined: 0 })
    expect(await fingerprint(workspace)).toBe(before)
  })

  it('explains damage of every kind with file and line, and changes no byte with --check', async () => {
    const { workspace, file } = await bobs()
    await alter(file('conversations/alice.jsonl'), '"seq":3', '"seq":9')
    await alter(file('contacts.json'), '"Carol"', '"Carol')
    await alter(file('queue/outbox.json'), '"order":', '"odrer":')
    await writeFile(file('journal.jsonl'), '{"number":1,"sum":1,"batch":[[["contacts","x"],1]]}\n{"numb')
    await writeFile(file('.tmp-left'), 'x')
    const before = await fingerprint(workspace)
    const { code, findings, summary } = await doctor(workspace, '--check')
    expect(await fingerprint(workspace)).toBe(before)
    expect(code).toBe(8)
    const found = findings.map(({ kind, place, line, isDamage }) => [kind, place, line, isDamage])
    expect(found).toContainEqual(['bad-line', 'conversations/alice.jsonl', 3, true])
    expect(found).toContainEqual(['bad-document', 'contacts.json', 3, true])
    expect(found).toContainEqual(['bad-journal-record', 'journal.jsonl', 1, true])
    expect(found).toContainEqual(['torn-tail', 'journal.jsonl', 2, false])
    expect(found).toContainEqual(['leftover', '.tmp-left', undefined, false])
    expect(found).toContainEqual(['misfit', 'queue/outbox.json', undefined, true])
    expect(found).toContainEqual(['missing-messages', 'conversations/index.json', undefined, true])
    for (const { message, remedy } of findings) expect(`${message} ${remedy}`).toMatch(/^.{20,}\. .{20,}\.$/)
    expect(summary).toMatchObject({ damage: 5, remaining: 5 })
  })

  it('repairs a damaged line, whose message then comes again from the server', async () => {
    const { workspace, file } = await bobs()
    await alter(file('conversations/alice.jsonl'), '"seq":3', '"seq":9')
    expect((await doctor(workspace)).code).toBe(9)
    expect((await doctor(workspace)).code).toBe(0)
    expect(await readdir(file('quarantine'))).toHaveLength(1)
    expect(await texts(workspace)).toEqual(ALL)
  })

  it('finds that a file was cut off between two lines, and has the rest fetched again', async () => {
    const { workspace, file } = await bobs()
    await alter(file('conversations/alice.jsonl'), /(.*\n){4}$/, '')
    const { code, findings } = await doctor(workspace, '--check')
    expect({ code, message: findings[0]?.['message'] }).toEqual({
      code: 8,
      message: expect.stringContaining('lacks 7 to 10'),
    })
    expect((await doctor(workspace)).code).toBe(9)
    expect(await texts(workspace)).toEqual(ALL)
  })

  it('makes a damaged document anew with what can be read of it, where opening is refused and says so', async () => {
    const { workspace, file } = await bobs()
    await alter(file('contacts.json'), '"Carol"', '"Carol')
    const refused = await runCommand(['contacts', 'list', '--workspace', workspace])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`${file('contacts.json')} is damaged (line 3)`)
    expect(refused.stderr).toContain('im-client doctor')
    expect((await doctor(workspace)).code).toBe(9)
    const { stdout } = await runCommand(['contacts', 'list', '--json', '--workspace', workspace])
    expect(jsonLines(stdout)).toMatchObject([{ contactId: 'alice', name: 'Alice' }])
    expect((await doctor(workspace)).code).toBe(0)
  })

  it('lists a conversation again whose entry was lost, from its messages', async () => {
    const { workspace, file } = await bobs()
    await alter(file('conversations/index.json'), '"lastSeq"', 'lastSeq"')
    const { code, findings } = await doctor(workspace)
    expect({ code, kinds: findings.map(({ kind }) => kind) }).toEqual({
      code: 9,
      kinds: ['bad-document', 'missing-record'],
    })
    expect((await doctor(workspace)).code).toBe(0)
    const client = new IMClient({ storage: fsStorage(workspace) })
    await client.open()
    expect(await client.listConversations()).toMatchObject([{ conversationId: 'alice', kind: 'direct', lastSeq: 10 }])
    await client.close()
    expect(await texts(workspace)).toEqual(ALL)
  })

  it('takes out what no client accepts, and shows it', async () => {
    const { workspace, file } = await bobs()
    await alter(file('queue/outbox.json'), '"order":', '"odrer":')
    const { stdout, code } = await runCommand(['doctor', '--workspace', workspace])
    expect(code).toBe(9)
    expect(stdout).toContain('not sent yet')
    expect((await doctor(workspace)).code).toBe(0)
  })

  it('says what it cannot repair', async () => {
    const { workspace, file } = await bobs()
    await alter(file('config.json'), '"agentId"', '"agentIe"')
    const { code, findings } = await doctor(workspace)
    expect({ code, remedy: findings[0]?.['remedy'] }).toEqual({ code: 10, remedy: expect.stringContaining('--agent') })
  })

  it('looks beside a running agent and disturbs nothing, and repairs nothing there', async () => {
    const { workspace } = await bobs()
    const client = new IMClient({ storage: fsStorage(workspace) })
    await client.open()
    onTestFinished(() => client.close())
    expect(await doctor(workspace, '--check')).toMatchObject({ code: 0, summary: { owner: { pid: process.pid } } })
    const { code, stderr } = await doctor(workspace)
    expect({ code, error: jsonLines(stderr)[0]?.['error'] }).toMatchObject({
      code: 4,
      error: { code: 'STORAGE_LOCKED' },
    })
    await client.addContact({ contactId: 'dora', name: 'Dora' })
  })

  it('wants a workspace that is there', async () => {
    expect((await doctor(join(await temporaryFolder(), 'none'))).code).toBe(2)
  })
})
