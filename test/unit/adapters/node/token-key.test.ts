import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTokenKey } from '../../../../adapters/node/index.ts'

describe('The token key', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'im-key-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is made when it is first needed, for its owner alone, and stays', async () => {
    const path = join(folder, 'data')
    const [one, ...others] = await Promise.all(Array.from({ length: 20 }, () => readTokenKey(path)))
    expect(one).toHaveLength(32)
    for (const other of others) expect(other).toEqual(one)
    expect(await readdir(path)).toEqual(['server.key'])
    expect(await readTokenKey(path)).toEqual(one)
    expect((await stat(join(path, 'server.key'))).mode & 0o777).toBe(0o600)
    expect((await stat(path)).mode & 0o777).toBe(0o700)
  })

  it.skipIf(process.platform === 'win32')('is closed to others where they could read it, with a warning', async () => {
    const path = join(folder, 'server.key')
    const key = await readTokenKey(folder)
    await chmod(path, 0o644)
    const warned = once(process, 'warning')
    expect(await readTokenKey(folder)).toEqual(key)
    expect(String(await warned)).toContain(path)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is not replaced when its file is damaged', async () => {
    await writeFile(join(folder, 'server.key'), 'short\n')
    await expect(readTokenKey(folder)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(await readFile(join(folder, 'server.key'), 'utf8')).toBe('short\n')
  })
})
