import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from 'im-client'
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../../adapters/fs/file-system.ts'
import { Folder } from '../../../../adapters/fs/folder.ts'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { LogFile } from '../../../../adapters/fs/log-file.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { systemError, watchedFileSystem } from '../../../support/watched-file-system.ts'

function folderOn(root: string, fileSystem: FileSystem): Folder {
  return new Folder({ root, fileSystem, nonce: 'n', clock: systemClock, confirm: async () => {}, onRepair: () => {} })
}

test('Folder: a sync of it that fails speaks for every name that was changed, whoever waited for it', async () => {
  const root = await temporaryFolder()
  const { fileSystem, watch } = watchedFileSystem()
  let renamed = 0
  let both = () => {}
  const bothRenamed = new Promise<void>(resolve => {
    both = resolve
  })
  const rename: FileSystem['rename'] = async (from, to) => {
    await fileSystem.rename(from, to)
    renamed += 1
    if (renamed === 2) both()
    await bothRenamed
  }
  let syncs = 0
  watch.before = ({ name, path }) => {
    if (name === 'sync' && path === root && ++syncs === 1) throw systemError('EIO')
    return undefined
  }
  const folder = folderOn(root, { ...fileSystem, rename, open: fileSystem.open })
  const replaced = await Promise.allSettled([folder.replace('a', 'a'), folder.replace('b', 'b')])
  expect(syncs).toBe(2)
  expect(replaced.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await folder.replace('a', 'again') // under a name of its own
})

test('Folder: a folder that was made is taken away again where its name could not be synced, so that the next try syncs it', async () => {
  const root = await temporaryFolder()
  const { fileSystem, watch } = watchedFileSystem()
  const folder = folderOn(root, fileSystem)
  watch.before = ({ name }) => {
    if (name === 'sync') throw systemError('EIO')
    return undefined
  }
  await expect(folder.makeFolder('one/two')).rejects.toThrow('EIO')
  expect(await readdir(root)).toEqual([])
  watch.before = () => undefined
  watch.steps = []
  await folder.makeFolder('one/two')
  expect(watch.steps.filter(({ name }) => name === 'sync').map(({ path }) => path)).toEqual([join(root, 'one'), root])
})

test('Log file: a doubt that comes while the file is written anew is about the new file too', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'conversations'))
  const file = new LogFile(folderOn(root, watchedFileSystem().fileSystem), 'conversations/c.jsonl')
  await file.ready()
  await file.append(new Map([[1, '{"seq":1}']]))
  file.distrust()
  const merging = file.merge(new Map([[2, '{"seq":2}']]))
  file.distrust()
  await merging
  expect(file.suspect).toBe(true)
  await file.merge(new Map())
  expect(file.suspect).toBe(false)
})

test('Folder: the names above the workspace are durable before it opens, also where another process has made them', async () => {
  const path = await temporaryFolder()
  await mkdir(join(path, 'im_client'), { recursive: true })
  const { fileSystem, watch } = watchedFileSystem()
  const storage = fsStorage(path, { fileSystem })
  watch.before = ({ name, path: at }) => {
    if (name === 'sync' && at === path) throw systemError('EIO')
    return undefined
  }
  await expect(storage.open()).rejects.toMatchObject({ code: 'STORAGE_IO' })
  watch.before = ({ name, path: at }) => {
    if (name === 'open' && at === dirname(path)) throw systemError('EACCES') // not ours: nobody has made it for a workspace
    return undefined
  }
  watch.steps = []
  await storage.open()
  expect(watch.steps).toContainEqual({ name: 'sync', path })
  await storage.close()
})
