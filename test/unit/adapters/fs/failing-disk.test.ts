import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMClient, type IMError } from 'im-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { FileSystem } from '../../../../adapters/fs/file-system.ts'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import type { Key, StorageAdapter, StorageRepair, WriteOperation } from '../../../../src/storage/contract.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { quiet, systemError, watchedFileSystem } from '../../../support/watched-file-system.ts'

/** Batch n: event n (newest first in every other pair, so that logs are merged too), a document's entry, and both at once. */
const batchOf = (number: number): WriteOperation[] => [
  { type: 'put', key: ['events', `c${number % 2}`, number ^ 2], value: { seq: number ^ 2, text: 'x'.repeat(100) } },
  { type: 'put', key: ['contacts', String(number)], value: number },
]

/** The numbers of the batches that are there; fails where one is there by half. */
async function batchesIn(storage: StorageAdapter): Promise<number[]> {
  const events = (await storage.list(['events'])).map(({ value }) => (value as { seq: number }).seq ^ 2)
  const contacts = (await storage.list(['contacts'])).map(({ value }) => value as number)
  const sorted = contacts.sort((a, b) => a - b)
  expect(events.sort((a, b) => a - b)).toEqual(sorted)
  return sorted
}

/** Storage on the real file system, with what it repaired. */
async function reopened(path: string): Promise<{ storage: StorageAdapter; repairs: StorageRepair[] }> {
  const repairs: StorageRepair[] = []
  const storage = fsStorage(path)
  await storage.open({ onRepair: repair => repairs.push(repair) })
  return { storage, repairs }
}

describe('fsStorage on a full disk', () => {
  it('refuses what does not fit, keeps the rest readable, and goes on when there is space again', async () => {
    const path = await temporaryFolder()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(path, { fileSystem, clock: new ManualClock() })
    await storage.open()
    onTestFinished(() => storage.close())
    await storage.write(batchOf(1))
    let full = 0
    watch.before = ({ name }) => {
      if (name !== 'write') return undefined
      full += 1
      if (full % 2 === 0) throw systemError('ENOSPC')
      return 7 // a short write first, as a full disk gives it
    }
    for (const number of [2, 3]) {
      await expect(storage.write(batchOf(number))).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    }
    expect(await batchesIn(storage)).toEqual([1])
    const journal = await readFile(join(path, 'im_client/journal.jsonl'), 'utf8')
    expect(journal.endsWith('\n')).toBe(true)
    expect(journal.split('\n')).toHaveLength(2)
    watch.before = () => undefined
    await storage.write(batchOf(4))
    await storage.close()
    const { storage: again, repairs } = await reopened(path)
    expect(await batchesIn(again)).toEqual([1, 4])
    expect(repairs).toEqual([])
    await again.close()
  })

  it('writes no line twice where closing a file fails after the write', async () => {
    const path = await temporaryFolder()
    const clock = new ManualClock()
    const { fileSystem, watch } = watchedFileSystem()
    let failures = 0
    const open: FileSystem['open'] = async (...parameters) => {
      const handle = await fileSystem.open(...parameters)
      const fails = String(parameters[0]).endsWith('bob.jsonl') && parameters[1] === 'a' && failures++ === 0
      return fails
        ? new Proxy(handle, { get: (target, name) => (name === 'close' ? failingClose : Reflect.get(target, name)) })
        : handle
      async function failingClose() {
        await handle.close()
        throw systemError('EIO')
      }
    }
    const storage = fsStorage(path, { fileSystem: { ...fileSystem, open }, clock })
    await storage.open()
    await storage.write([1, 2].map(seq => ({ type: 'put', key: ['events', 'bob', seq], value: { seq } })))
    await clock.advance(100)
    await quiet(watch)
    expect(failures).toBe(1)
    await storage.close()
    expect(await readFile(join(path, 'im_client/conversations/bob.jsonl'), 'utf8')).toBe('{"seq":1}\n{"seq":2}\n')
  })

  it('tells that its files are behind, once until they are not, and that nothing is lost', async () => {
    const path = await temporaryFolder()
    const clock = new ManualClock()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(path, { fileSystem, clock })
    const failures: IMError[] = []
    await storage.open({ onFailure: error => failures.push(error) })
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        await clock.advance(1000)
        await quiet(watch)
      }
    }
    for (const episode of [1, 2]) {
      watch.before = ({ name, path: place }) => {
        if (name === 'rename' && place.endsWith('contacts.json')) throw systemError('ENOSPC')
        return undefined
      }
      await storage.write([{ type: 'put', key: ['contacts', 'bob'], value: episode }])
      await pass(10)
      await storage.write([{ type: 'put', key: ['contacts', 'carol'], value: episode }])
      await pass(10)
      expect(failures.map(({ code, details }) => [code, details])).toEqual(
        Array.from({ length: episode }, () => ['STORAGE_FULL', { place: 'contacts.json' }]),
      )
      watch.before = () => undefined
      await pass(10)
      expect(JSON.parse(await readFile(join(path, 'im_client/contacts.json'), 'utf8'))).toEqual({
        bob: episode,
        carol: episode,
      })
    }
    await storage.close()
    expect(failures).toHaveLength(2)
  })

  it('tells a program by an error of its client that its files are behind', async () => {
    const clock = new ManualClock()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(await temporaryFolder(), { fileSystem, clock })
    const client = new IMClient({ storage, agentId: 'alice', clock })
    const errors: IMError[] = []
    client.on('error', error => errors.push(error))
    await client.open()
    watch.before = ({ name, path: place }) => {
      if (name === 'rename' && place.endsWith('outbox.json')) throw systemError('EIO')
      return undefined
    }
    await client.sendMessage({ to: 'bob', text: 'safe in the journal' })
    for (let second = 0; second < 5; second++) {
      await clock.advance(1000)
      await quiet(watch)
    }
    expect(errors.map(({ code, details }) => [code, details])).toEqual([['STORAGE_IO', { place: 'queue/outbox.json' }]])
    watch.before = () => undefined
    await client.close()
  })

  it('rejects close where files cannot be settled, and has everything at the next open', async () => {
    const path = await temporaryFolder()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(path, { fileSystem, clock: new ManualClock() })
    await storage.open()
    await storage.write(batchOf(1))
    watch.before = ({ name, path: place }) => {
      if (name === 'write' && !place.endsWith('journal.jsonl')) throw systemError('ENOSPC')
      return undefined
    }
    await expect(storage.close()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(await readdir(join(path, 'im_client'))).not.toContain('owner.lock')
    const { storage: again } = await reopened(path)
    expect(await batchesIn(again)).toEqual([1])
    await again.close()
  })

  it('writes a file anew after a sync that failed, since the system forgets what it could not write', async () => {
    const path = await temporaryFolder()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(path, { fileSystem, clock: new ManualClock() })
    await storage.open()
    await storage.write([{ type: 'put', key: ['events', 'c', 1] as Key, value: { seq: 1 } }])
    const isLog = (place: string) => place.endsWith('c.jsonl')
    watch.before = ({ name, path: place }) => {
      if (name === 'datasync' && isLog(place)) throw systemError('EIO')
      return undefined
    }
    await expect(storage.close()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    watch.before = () => undefined
    const { storage: again } = await reopened(path)
    expect(await again.get(['events', 'c', 1])).toEqual({ seq: 1 })
    await again.close()
  })
})
