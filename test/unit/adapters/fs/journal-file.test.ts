import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type FileSystem, NEW_FILE, NEW_FILE_WRITTEN_THROUGH } from '../../../../adapters/fs/file-system.ts'
import { Folder } from '../../../../adapters/fs/folder.ts'
import { JournalFile } from '../../../../adapters/fs/journal-file.ts'
import { systemClock } from '../../../../src/model/clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { systemError, watchedFileSystem } from '../../../support/watched-file-system.ts'

/** The steps on the journal's file that appending takes. */
async function stepsOfAppending(sync: boolean, change: (fileSystem: FileSystem) => FileSystem = same => same) {
  const { fileSystem, watch } = watchedFileSystem()
  const folder = new Folder({
    root: await temporaryFolder(),
    fileSystem: change(fileSystem),
    clock: systemClock,
    nonce: 'n',
    confirm: async () => {},
    onRepair: () => {},
  })
  const journal = new JournalFile(folder, { sync })
  await journal.replace('one\n')
  watch.steps = []
  await journal.append('two\n')
  await journal.append('three\n')
  const steps = watch.steps.map(({ name }) => name)
  await journal.rollback()
  await journal.append('four\n')
  await journal.close()
  expect(await readFile(folder.path('journal.jsonl'), 'utf8')).toBe('one\ntwo\nfour\n')
  return steps
}

test.runIf(process.platform === 'linux')('Journal file: on Linux a write is durable when it returns', async () => {
  expect(await stepsOfAppending(true)).toEqual(['write', 'write'])
})

test('Journal file: where the system does not say so, each write is followed by a sync', async () => {
  const plain = (fileSystem: FileSystem): FileSystem => {
    const open: FileSystem['open'] = (path, flags, mode) =>
      fileSystem.open(path, flags === NEW_FILE_WRITTEN_THROUGH ? NEW_FILE : flags, mode)
    return new Proxy(fileSystem, { get: (target, name) => (name === 'open' ? open : Reflect.get(target, name)) })
  }
  expect(await stepsOfAppending(true, plain)).toEqual(['write', 'datasync', 'write', 'datasync'])
})

test('Journal file: nothing is added before the name is durable of a file that was put down anew', async () => {
  const { fileSystem, watch } = watchedFileSystem()
  const root = await temporaryFolder()
  const folder = new Folder({
    root,
    fileSystem,
    clock: systemClock,
    nonce: 'n',
    confirm: async () => {},
    onRepair: () => {},
  })
  const journal = new JournalFile(folder, { sync: true })
  watch.before = ({ name, path }) => {
    if (name === 'sync' && path === root) throw systemError('EIO')
    return undefined
  }
  await expect(journal.replace('one\n')).rejects.toThrow('EIO')
  await expect(journal.append('two\n')).rejects.toThrow('EIO')
  watch.before = () => undefined
  watch.steps = []
  await journal.append('three\n')
  expect(watch.steps.filter(({ path }) => !path.startsWith('/proc/')).map(({ name }) => name)).toEqual(
    ['readFile', 'open', 'write', 'sync', 'rename', 'open', 'sync', 'write'], // no second sync of the same name
  )
  await journal.close()
})

test('Journal file: nothing is synced where durability is relaxed', async () => {
  expect(await stepsOfAppending(false)).toEqual(['write', 'write'])
})
