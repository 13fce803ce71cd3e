/** What the conformance suite does not ask of the storage that docs/adapters.md shows. */
import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { StorageRepair } from 'im-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { logStorage } from '../../../docs/examples/log-storage.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A folder whose log holds one entry in its first line, and two more in lines of their own. */
async function written(): Promise<string> {
  const folder = await temporaryFolder()
  const storage = logStorage(folder)
  await storage.open()
  for (const value of [1, 2]) await storage.write([{ type: 'put', key: ['a', value], value }])
  await storage.close()
  return folder
}

async function openAgain(folder: string) {
  const repairs: StorageRepair[] = []
  const storage = logStorage(folder)
  onTestFinished(() => storage.close())
  await storage.open({ onRepair: repair => repairs.push(repair) })
  return { storage, repairs, entries: (await storage.list(['a'])).map(({ value }) => value) }
}

describe.skipIf(process.platform !== 'linux')('The storage of the documents', () => {
  it.each([
    ['half a line', '{"number":4,"su'],
    ['a line whose middle did not reach the disk', `{"number":4,"sum":1,"batch":[${'\0'.repeat(40)}]}\n`],
  ])('cuts off and reports %s at the end', async (_, tail) => {
    const folder = await written()
    await appendFile(`${folder}/log`, tail)
    const { entries, repairs } = await openAgain(folder)
    expect(entries).toEqual([1, 2])
    expect(repairs).toMatchObject([{ place: 'log', line: 4 }])
    expect((await readFile(`${folder}/log`, 'utf8')).trimEnd().split('\n')).toHaveLength(1)
  })

  it('refuses damage in the middle, changes nothing, and is free then', async () => {
    const folder = await written()
    const text = await readFile(`${folder}/log`, 'utf8')
    const damaged = text.replace('["a",1]', '["a",7]')
    await writeFile(`${folder}/log`, damaged)
    await expect(openAgain(folder)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    expect(await readFile(`${folder}/log`, 'utf8')).toBe(damaged)
    await writeFile(`${folder}/log`, text)
    expect((await openAgain(folder)).entries).toEqual([1, 2])
  })

  it('takes nothing more after a write that failed, until it is opened anew', async () => {
    const folder = await written()
    const { storage } = await openAgain(folder)
    await rm(folder, { recursive: true })
    const write = () => storage.write([{ type: 'put', key: ['a', 3], value: 3 }])
    await expect(write()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    await expect(write()).rejects.toMatchObject({ code: 'STORAGE_IO' })
    expect((await storage.list(['a'])).map(({ value }) => value)).toEqual([1, 2])
  })

  it('writes its log anew when it has grown', async () => {
    const folder = await temporaryFolder()
    const storage = logStorage(folder, 1000)
    await storage.open()
    for (let round = 0; round < 100; round++) await storage.write([{ type: 'put', key: ['a'], value: 'x'.repeat(100) }])
    expect((await stat(`${folder}/log`)).size).toBeLessThan(3000)
    await storage.close()
  })
})
