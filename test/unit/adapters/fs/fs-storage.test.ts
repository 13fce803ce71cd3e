import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type FileSystem, nodeFileSystem } from '../../../../adapters/fs/file-system.ts'
import { type FsStorageOptions, fsStorage } from '../../../../adapters/fs/index.ts'
import type { Json } from '../../../../src/model/json.ts'
import type { Key, StorageAdapter, StorageRepair, WriteOperation } from '../../../../src/storage/contract.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const put = (key: Key, value: Json): WriteOperation => ({ type: 'put', key, value })
const event = (conversation: string, seq: number, text = `text ${seq}`): WriteOperation =>
  put(['events', conversation, seq], { seq, text })

async function opened(path: string, options: FsStorageOptions = {}): Promise<StorageAdapter> {
  const storage = fsStorage(path, options)
  await storage.open()
  onTestFinished(() => storage.close())
  return storage
}

async function texts(path: string, place: string): Promise<string> {
  return await readFile(join(path, 'im_client', place), 'utf8')
}

describe('fsStorage', () => {
  it('lays every collection out in the file that is written down for it', async () => {
    const path = await temporaryFolder()
    const storage = await opened(path)
    await storage.write([
      put(['config', 'formatVersion'], 1),
      put(['contacts', 'bob'], { name: 'Bob' }),
      put(['conversations', 'bob'], { title: '' }),
      put(['pending', 'bob', 7], {}),
      put(['outbox', 'bob', 1], {}),
      put(['dead', 'x'], {}),
      put(['state', 'cursor'], null),
      put(['other', 'x'], true),
      event('bob', 1),
    ])
    await storage.close()
    expect(JSON.parse(await texts(path, 'config.json'))).toEqual({ formatVersion: 1 })
    expect(JSON.parse(await texts(path, 'contacts.json'))).toEqual({ bob: { name: 'Bob' } })
    expect(JSON.parse(await texts(path, 'conversations/index.json'))).toEqual({ bob: { title: '' } })
    expect(JSON.parse(await texts(path, 'queue/pending.json'))).toEqual({ '["bob",7]': {} })
    expect(JSON.parse(await texts(path, 'queue/outbox.json'))).toEqual({ '["bob",1]': {} })
    expect(JSON.parse(await texts(path, 'queue/dead.json'))).toEqual({ x: {} })
    expect(JSON.parse(await texts(path, 'state.json'))).toEqual({ cursor: null })
    expect(JSON.parse(await texts(path, 'other.json'))).toEqual({ x: true })
    expect(await texts(path, 'conversations/bob.jsonl')).toBe('{"seq":1,"text":"text 1"}\n')
    expect(await texts(path, 'journal.jsonl')).toBe('')
    expect(await readdir(join(path, 'im_client'))).not.toContain('owner.lock')
  })

  it('gives back what it was given, before and after it is opened again', async () => {
    const path = await temporaryFolder()
    const batch = [
      put(['a', '__proto__'], { __proto__: null, x: 1 }),
      put(['a', '[x'], 1),
      put(['a', 5], 'number'),
      put(['a', '5'], 'string'),
      put(['a'], 'itself'),
      put(['a', 'deep', -0.5, ''], JSON.parse('{"__proto__":{"polluted":true}}')),
      put(['a', '\u2028\ud800'], '\u2028\u0000\udfff'),
      put([''], 'empty'),
      put(['x'.repeat(400), '1'], 'long'),
      event('y'.repeat(300), 1),
      event(`${'y'.repeat(300)}z`, 1),
      event('会话/#1', 3, '你好\u2028'),
    ]
    const check = async (storage: StorageAdapter) => {
      for (const operation of batch) {
        if (operation.type === 'put') expect(await storage.get(operation.key)).toEqual(operation.value)
      }
      expect((await storage.list(['events'])).map(entry => entry.key)).toEqual([
        ['events', 'y'.repeat(300), 1],
        ['events', `${'y'.repeat(300)}z`, 1],
        ['events', '会话/#1', 3],
      ])
      expect((await storage.list(['a'])).map(entry => entry.key[1])).toEqual([
        undefined,
        5,
        '5',
        '[x',
        '__proto__',
        'deep',
        '\u2028\ud800',
      ])
    }
    const first = await opened(path)
    await first.write(batch)
    await check(first)
    await first.close()
    await check(await opened(path))
  })

  it('keeps folders and files to their owner, whatever the umask', async () => {
    const path = await temporaryFolder()
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    const storage = await opened(path)
    await storage.write([event('bob', 1), put(['contacts', 'bob'], {})])
    await storage.close()
    for (const name of ['', 'conversations', 'queue']) {
      expect((await stat(join(path, 'im_client', name))).mode & 0o777).toBe(0o700)
    }
    for (const name of ['journal.jsonl', 'contacts.json', 'conversations/bob.jsonl']) {
      expect((await stat(join(path, 'im_client', name))).mode & 0o777).toBe(0o600)
    }
  })

  it('lists events in the order of their seq however they came, and leaves the file sorted', async () => {
    const path = await temporaryFolder()
    const storage = await opened(path)
    for (const seq of [5, 6, 3, 4, 9, 1, 2, 8, 7]) await storage.write([event('bob', seq)])
    const seqs = async () => (await storage.list(['events', 'bob'])).map(entry => entry.key[2])
    expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    await storage.write([{ type: 'delete', key: ['events', 'bob', 4] }, event('bob', 6, 'again')])
    await storage.close()
    const lines = (await texts(path, 'conversations/bob.jsonl')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).seq)).toEqual([1, 2, 3, 5, 6, 7, 8, 9])
    expect(lines[4]).toBe('{"seq":6,"text":"again"}')
  })

  it('refuses to open over a document that does not parse, keeps a copy and says what to do', async () => {
    const path = await temporaryFolder()
    const storage = await opened(path)
    await storage.write([put(['contacts', 'bob'], 1)])
    await storage.close()
    await writeFile(join(path, 'im_client/contacts.json'), '{"bob": 1')
    const again = fsStorage(path)
    await expect(again.open()).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      message: expect.stringMatching(/contacts\.json is damaged \(line 1\).*Run im-client doctor.*or remove it/),
    })
    const kept = await readdir(join(path, 'im_client/quarantine'))
    expect(await texts(path, `quarantine/${kept[0]}`)).toBe('{"bob": 1')
    await writeFile(join(path, 'im_client/contacts.json'), '{"bob": 2}')
    expect(await (await opened(path)).get(['contacts', 'bob'])).toBe(2)
  })

  it('refuses to open over a document that is not UTF-8, which decoding would alter', async () => {
    const path = await temporaryFolder()
    await (await opened(path)).close()
    await writeFile(join(path, 'im_client/contacts.json'), Buffer.from('{"bob": "caf\xe9"}', 'latin1'))
    await expect(fsStorage(path).open()).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
  })

  it('leaves out a property that names no key, and reports it', async () => {
    const path = await temporaryFolder()
    const storage = await opened(path)
    await storage.write([put(['contacts', 'bob'], 1)])
    await storage.close()
    await writeFile(join(path, 'im_client/contacts.json'), '{"[1": 1, "bob": 2}')
    const repairs: StorageRepair[] = []
    const again = fsStorage(path)
    await again.open({ onRepair: repair => repairs.push(repair) })
    onTestFinished(() => again.close())
    expect(repairs).toMatchObject([{ kind: 'bad-document', place: 'contacts.json' }])
    expect(await again.list(['contacts'])).toEqual([{ key: ['contacts', 'bob'], value: 2 }])
  })

  it('refuses keys and values of events that a log cannot hold', async () => {
    const storage = await opened(await temporaryFolder())
    const bad: [WriteOperation, string][] = [
      [put(['events', 'bob'], {}), 'STORAGE_KEY_INVALID'],
      [put(['events', 1, 1], { seq: 1 }), 'STORAGE_KEY_INVALID'],
      [put(['events', 'bob', '1'], { seq: 1 }), 'STORAGE_KEY_INVALID'],
      [put(['events', 'bob', 1], { seq: 2 }), 'STORAGE_VALUE_INVALID'],
      [put(['events', 'bob', 1], 'text'), 'STORAGE_VALUE_INVALID'],
    ]
    for (const [operation, code] of bad) {
      await expect(storage.write([event('bob', 9), operation])).rejects.toMatchObject({ code })
    }
    expect(await storage.list(['events'])).toEqual([])
  })

  it('has few files open, however many reads come at once', async () => {
    let [now, most] = [0, 0]
    const open: FileSystem['open'] = async (...parameters) => {
      const handle = await nodeFileSystem.open(...parameters)
      most = Math.max(most, ++now)
      const close = handle.close.bind(handle)
      handle.close = () => close().finally(() => --now)
      return handle
    }
    const path = await temporaryFolder()
    const ids = Array.from({ length: 200 }, (_, index) => `c${index}`)
    const first = await opened(path)
    await first.write(ids.map(id => event(id, 1)))
    await first.close()
    const storage = await opened(path, { fileSystem: { ...nodeFileSystem, open } })
    const found = await Promise.all(ids.map(id => storage.list(['events', id])))
    expect(found.flat()).toHaveLength(ids.length)
    expect(most).toBeLessThan(40)
  })

  it('refuses reads and writes while it is not open, and closes twice', async () => {
    const storage = fsStorage(await temporaryFolder())
    await expect(storage.get(['a'])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await storage.open()
    await storage.close()
    await storage.close()
    await expect(storage.write([])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
  })

  it('takes a leading ~ for the home folder, and touches nothing before it is opened', async () => {
    const home = await temporaryFolder()
    vi.stubEnv('HOME', home)
    vi.stubEnv('USERPROFILE', home)
    onTestFinished(() => void vi.unstubAllEnvs())
    const storage = fsStorage('~/workspaces/one', { folder: 'im_server' })
    expect(await readdir(home)).toEqual([])
    await storage.open()
    await storage.close()
    expect(await readdir(join(home, 'workspaces/one'))).toEqual(['im_server'])
  })

  it('takes a path for a mistake that is no text', () => {
    expect(() => fsStorage('')).toThrow(TypeError)
  })
})
