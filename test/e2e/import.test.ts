/** `im-client import`: once, again, with bad lines, and with real chat. */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMClient } from '../../src/index.ts'
import { jsonLines, runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const REAL_CHAT = new URL('../../../shared/data/ubuntu-irc-dev.jsonl', import.meta.url).pathname

interface ChatLine {
  readonly id: string
  readonly conversation: string
  readonly at: string
  readonly from: string
  readonly text: string
  readonly replyTo?: string
}

function chat(count: number, conversation = '#群/2026'): ChatLine[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${conversation.length}:${index}`,
    conversation,
    at: `2026-01-01T00:${String(index % 60).padStart(2, '0')}:00Z`,
    from: ['Matt|', '王'][index % 2] ?? '',
    text: `line ${index}\u2028 of the 客户端`,
    ...(index > 0 ? { replyTo: `${conversation.length}:${index - 1}` } : {}),
  }))
}

function toLines(values: readonly unknown[]): string {
  return values.map(value => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('')
}

async function importer(lines: string) {
  const folder = await temporaryFolder()
  const file = join(folder, 'chat.jsonl')
  await writeFile(file, lines)
  const workspace = ['--workspace', join(folder, 'archive'), '--agent', 'archivist']
  const run = (...args: string[]) => runCommand(['import', file, '--json', ...workspace, ...args])
  return { run, workspace, path: join(folder, 'archive') }
}

describe('Import', { timeout: 60_000 }, () => {
  it('keeps the order, the texts and the answers, and makes nothing unread', async () => {
    const lines = chat(2500)
    const { run, workspace } = await importer(toLines(lines))
    const { code, stdout, stderr } = await run()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(jsonLines(stdout)).toEqual([{ added: 2500, known: 0, refused: 0, conversations: 1 }])
    const history = await runCommand(['history', '#群/2026', '--limit', '2500', '--json', ...workspace])
    const expected = lines.map(({ id, from, text, at, replyTo }, index) =>
      expect.objectContaining({ id, from, text, acceptedAt: at, seq: index + 1, ...(replyTo ? { replyTo } : {}) }),
    )
    expect(jsonLines(history.stdout)).toEqual(expected)
    const conversations = await runCommand(['history', '--json', ...workspace])
    expect(jsonLines(conversations.stdout)).toEqual([
      expect.objectContaining({ title: '#群/2026', kind: 'group', participants: ['Matt|', '王'], unreadCount: 0 }),
    ])
  })

  it('adds nothing when it is repeated, and what is new when the file has grown', async () => {
    const { run, path, workspace } = await importer(toLines(chat(30)))
    await run()
    const folder = join(path, 'im_client/conversations')
    const read = async () =>
      await Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8')))
    const before = await read()
    const again = await run()
    expect([again.code, jsonLines(again.stdout)[0]]).toEqual([0, { added: 0, known: 30, refused: 0, conversations: 1 }])
    expect(await read()).toEqual(before)
    const input = toLines([...chat(35), ...chat(2, 'another')])
    const grown = await runCommand(['import', '-', '--json', ...workspace], { input })
    expect(jsonLines(grown.stdout)).toEqual([{ added: 7, known: 30, refused: 0, conversations: 2 }])
  })

  it('tells the number of each line that it refuses, and imports the others', async () => {
    const [first, second, third] = chat(3)
    const { run } = await importer(
      toLines([
        first,
        'no json',
        '',
        { ...second, at: 'yesterday' },
        second,
        [third],
        { ...third, from: '' },
        { ...third, conversation: undefined },
        { ...third, text: 'x'.repeat(2 ** 20 + 1) },
        third,
      ]),
    )
    const { code, stdout, stderr } = await run()
    expect(code).toBe(1)
    expect(jsonLines(stdout)).toEqual([{ added: 3, known: 0, refused: 6, conversations: 1 }])
    const warnings = jsonLines(stderr).map(({ warning }) => warning as { line: number; code: string })
    const byLine = warnings.sort((a, b) => a.line - b.line).map(({ line, code }) => [line, code])
    const invalid = [2, 4, 6, 7, 8].map(line => [line, 'MESSAGE_INVALID'])
    expect(byLine).toEqual([...invalid, [9, 'MESSAGE_TOO_LARGE']])
  })

  it('refuses a file that is not there, and a workspace that is in use', async () => {
    const { path, workspace } = await importer('')
    expect((await runCommand(['import', join(path, 'nothing'), ...workspace])).code).toBe(2)
    const owner = new IMClient({ storage: fsStorage(path), agentId: 'archivist' })
    await owner.open()
    const { code, stderr } = await runCommand(['import', '-', ...workspace])
    await owner.close()
    expect([code, stderr]).toEqual([4, expect.stringContaining(`process ${process.pid} `)])
  })

  it.skipIf(!existsSync(REAL_CHAT))(`brings in real chat (skipped where ${REAL_CHAT} is absent)`, async () => {
    const lines = jsonLines(await readFile(REAL_CHAT, 'utf8')) as unknown as ChatLine[]
    const path = join(await temporaryFolder(), 'archive')
    const args = ['import', REAL_CHAT, '--json', '--workspace', path, '--agent', 'archivist']
    const counts = async () => jsonLines((await runCommand(args)).stdout)
    const names = [...new Set(lines.map(({ conversation }) => conversation))]
    const total = { refused: 0, conversations: names.length }
    expect(await counts()).toEqual([{ ...total, added: lines.length, known: 0 }])
    expect(await counts()).toEqual([{ ...total, added: 0, known: lines.length }])
    const client = new IMClient({ storage: fsStorage(path) })
    for (const name of names) {
      const stored = await client.getConversationHistory({ conversationId: name, limit: lines.length })
      const expected = lines.filter(({ conversation }) => conversation === name)
      expect(stored.map(({ id, from, text }) => [id, from, text])).toEqual(
        expected.map(({ id, from, text }) => [id, from, text]),
      )
    }
    const [found] = await client.searchMessages({ text: 'ndiswrapper', conversationId: '#ubuntu/2004-11-15_03' })
    expect(found?.text).toContain('ndiswrapper')
    await client.close()
  })
})
