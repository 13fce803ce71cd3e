import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { systemError, watchedFileSystem } from '../../../support/watched-file-system.ts'

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
