import { writeFileSync } from 'node:fs'
import { readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FileSystem, nodeFileSystem } from '../../../../adapters/fs/file-system.ts'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { thisMachine } from '../../../../adapters/fs/machine.ts'
import type { StorageAdapter, StorageRepair } from '../../../../src/storage/contract.ts'
import { startProgram } from '../../../support/killable-program.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { type FileStep, quiet, systemError, watchedFileSystem } from '../../../support/watched-file-system.ts'

const lockOf = (path: string) => join(path, 'im_client/owner.lock')

/** A machine whose kernel has no claims to give: as of another container, which sees the folder only. */
const { hold: _, ...machine } = thisMachine

async function opened(path: string, repairs: StorageRepair[] = []): Promise<StorageAdapter> {
  const storage = fsStorage(path, { machine })
  await storage.open({ onRepair: repair => repairs.push(repair) })
  onTestFinished(() => storage.close())
  return storage
}

/** A workspace whose lock file says what a change makes of a real one. */
async function lockedBy(change: Readonly<Record<string, unknown>>, ageMs = 0): Promise<string> {
  const path = await temporaryFolder()
  const storage = fsStorage(path)
  await storage.open()
  const owner = JSON.parse(await readFile(lockOf(path), 'utf8')) as object
  await storage.close()
  await writeFile(lockOf(path), JSON.stringify({ ...owner, nonce: 'other', ...change }))
  const touched = new Date(Date.now() - ageMs)
  await utimes(lockOf(path), touched, touched)
  return path
}

describe('a second owner', () => {
  it('is refused while the first lives, with its pid and since when, and gets in at once after it was killed', async () => {
    const path = await temporaryFolder()
    const program = startProgram('own-workspace', path)
    const { value: pid } = await program.lines.next()
    await expect(fsStorage(path).open()).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      message: expect.stringMatching(new RegExp(`process ${pid} on .* since \\d{4}-.*Stop that process`)),
      details: { pid: Number(pid), host: hostname(), since: expect.stringMatching(/^\d{4}-/) },
    })
    await program.kill()
    const repairs: StorageRepair[] = []
    const storage = await opened(path, repairs)
    expect(repairs).toMatchObject([{ kind: 'stale-owner', message: expect.stringContaining(String(pid)) }])
    expect(await storage.get(['events', 'bob', 1])).toEqual({ seq: 1 })
  })

  it('is refused in the same process too, and gets in when the first has closed', async () => {
    const path = await temporaryFolder()
    const first = await opened(path)
    await expect(first.open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await expect(fsStorage(path).open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await first.write([{ type: 'put', key: ['a', 'b'], value: 1 }])
    await first.close()
    expect(await (await opened(path)).get(['a', 'b'])).toBe(1)
  })

  it('is one of many that come at once', async () => {
    const path = await temporaryFolder()
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => opened(path)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'STORAGE_LOCKED' })
    }
  })

  it('is one of many that come at once for the claim of a dead owner', async () => {
    const path = await lockedBy({ bootId: 'an earlier boot' })
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => opened(path)))
    const winners = outcomes.filter(outcome => outcome.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    for (const { value } of winners) await value.write([{ type: 'put', key: ['a', 'b'], value: 1 }])
  })
})

describe('the claim of an owner', () => {
  it.each([
    ['of another boot of this machine', { bootId: 'another' }],
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose pid was given to another process', { startedAt: '1' }],
  ])('%s is taken over at once', async (_, change) => {
    const repairs: StorageRepair[] = []
    await opened(await lockedBy(change), repairs)
    expect(repairs).toMatchObject([{ kind: 'stale-owner' }])
  })

  it.each([
    ['on another machine', { host: 'elsewhere' }],
    ['in another container', { pidNamespace: 'pid:[1]' }],
    ['that cannot be read', { pid: 'x' }],
  ])('%s stands while it is fresh, and is taken over when it is not', async (_, change) => {
    const fresh = await lockedBy(change)
    await expect(fsStorage(fresh).open()).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      message: expect.stringMatching(/if .*try again 20 s after it ended/i),
    })
    await opened(await lockedBy(change, 60_000))
  })
})

describe('an owner that its program has let go of', () => {
  const collectGarbage = () => {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  }

  it('keeps its files open as long as its claim, and can be garbage once it was closed', async () => {
    const path = await temporaryFolder()
    const openAndForget = async () => {
      const storage = fsStorage(path)
      await storage.open()
      return new WeakRef(storage)
    }
    const forgotten = await openAndForget()
    for (let turn = 0; turn < 5; turn++) {
      await setImmediate()
      collectGarbage()
    }
    const close = async () => await forgotten.deref()?.close()
    expect(forgotten.deref()).toBeDefined()
    await close()
    for (let turn = 0; turn < 5; turn++) {
      await setImmediate()
      collectGarbage()
    }
    expect(forgotten.deref()).toBeUndefined()
  })
})

describe('an owner whose claim was taken over', () => {
  it('is fenced: nothing is acknowledged, nothing is written to any file, and its successor is left alone', async () => {
    const path = await temporaryFolder()
    const stale = await opened(path)
    await stale.write([{ type: 'put', key: ['contacts', 'bob'], value: 'before' }])
    const text = await readFile(lockOf(path), 'utf8')
    const aged = JSON.stringify({ ...JSON.parse(text), bootId: 'an earlier boot' })
    await writeFile(`${lockOf(path)}.new`, aged)
    await rename(`${lockOf(path)}.new`, lockOf(path))
    await utimes(lockOf(path), 0, 0)

    const successor = await opened(path)
    expect(await successor.get(['contacts', 'bob'])).toBe('before')
    for (const value of [1, 2]) {
      const write = stale.write([{ type: 'put', key: ['contacts', 'bob'], value }])
      await expect(write).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    }
    await stale.close()
    await successor.write([{ type: 'put', key: ['contacts', 'carol'], value: 'after' }])
    await successor.close()
    const contacts = JSON.parse(await readFile(join(path, 'im_client/contacts.json'), 'utf8'))
    expect(contacts).toEqual({ bob: 'before', carol: 'after' })
  })

  it('leaves no trace in the journal of its successor, also where it had written nothing before', async () => {
    const path = await temporaryFolder()
    const stale = await opened(path)
    await rm(lockOf(path))
    const successor = await opened(path)
    const write = stale.write([{ type: 'put', key: ['a', 'b'], value: 'stale' }])
    await expect(write).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    await successor.write([{ type: 'put', key: ['a', 'b'], value: 'successor' }])
    const journal = await readFile(join(path, 'im_client/journal.jsonl'), 'utf8')
    expect(journal).toMatch(/successor/)
    expect(journal).not.toMatch(/stale/)
  })

  it('replaces no file, if it was suspended while it wrote one', async () => {
    const path = await temporaryFolder()
    const { fileSystem, watch } = watchedFileSystem()
    const clock = new ManualClock()
    const stale = fsStorage(path, { fileSystem, clock })
    await stale.open()
    await stale.write([{ type: 'put', key: ['contacts', 'bob'], value: 1 }])
    watch.before = ({ name, path: file }) => {
      if (name === 'open' && file.includes('.tmp-')) writeFileSync(lockOf(path), '{}')
      return undefined
    }
    await clock.advance(100)
    await quiet(watch)
    expect(await readdir(join(path, 'im_client'))).not.toContain('contacts.json')
    await expect(stale.close()).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
  })

  it('is fenced by a lock file that is gone', async () => {
    const path = await temporaryFolder()
    const stale = await opened(path)
    await rename(lockOf(path), `${lockOf(path)}.away`)
    const write = stale.write([{ type: 'put', key: ['a', 'b'], value: 1 }])
    await expect(write).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
  })
})

describe('a claim', () => {
  it('is on the disk with its text before it has its name: a torn one would hold the workspace until it is stale', async () => {
    const { fileSystem, watch } = watchedFileSystem()
    const storage = fsStorage(await temporaryFolder(), { fileSystem })
    await storage.open()
    const steps = watch.steps.filter(({ path }) => /tmp-claim|owner\.lock/.test(path)).map(({ name }) => name)
    expect(steps.indexOf('datasync')).toBeLessThan(steps.indexOf('link'))
    await storage.close()
  })

  it.each(['open', 'close'] as const)('that could not be given up at %s is given up later', async when => {
    const path = await temporaryFolder()
    const { fileSystem, watch } = watchedFileSystem()
    const tasks: (() => void)[] = []
    const repeat = (task: () => void) => {
      tasks.push(task)
      return () => {}
    }
    const machine = { ...thisMachine, repeat }
    const storage = fsStorage(path, { fileSystem, machine })
    const failing = ({ name, path: file }: FileStep) => {
      const isJournal = when === 'open' && file.includes('journal.jsonl')
      if (name === 'readFile' && (isJournal || file === lockOf(path))) throw systemError('EMFILE')
      return undefined
    }
    if (when === 'close') await storage.open()
    watch.before = failing
    await expect(when === 'open' ? storage.open() : storage.close()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    await expect(fsStorage(path).open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    watch.before = () => undefined
    tasks.at(-1)?.()
    await quiet(watch)
    await opened(path)
  })
})

describe('a claim of which a step fails', () => {
  /** The file system, of which one operation fails once on a file of such a name. */
  function failingOn(operation: 'rm' | 'readFile', name: string, after = 0): FileSystem {
    let left = after
    const fail = (path: unknown) => String(path).includes(name) && left-- === 0
    const run = nodeFileSystem[operation] as (...args: unknown[]) => Promise<unknown>
    const failing = async (...args: unknown[]) => {
      if (fail(args[0])) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      return run(...args)
    }
    return { ...nodeFileSystem, [operation]: failing }
  }

  it('is given back by the kernel where its file cannot be taken away', async () => {
    const path = await temporaryFolder()
    const storage = fsStorage(path, { fileSystem: failingOn('rm', 'owner.lock') })
    await storage.open()
    await expect(storage.close()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    await rm(lockOf(path))
    const next = fsStorage(path)
    await next.open()
    await next.close()
  })

  it('stands where its temporary file cannot be taken away', async () => {
    const path = await temporaryFolder()
    const storage = fsStorage(path, { fileSystem: failingOn('rm', '.tmp-claim') })
    await storage.open()
    await storage.close()
  })

  it.each([0, 1, 2])('of a dead owner is free again where it cannot be read after %i times', async after => {
    const path = await lockedBy({ startedAt: '1' })
    const storage = fsStorage(path, { fileSystem: failingOn('readFile', 'owner.lock', after) })
    await expect(storage.open()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    const next = fsStorage(path)
    await next.open()
    await next.close()
  })
})
