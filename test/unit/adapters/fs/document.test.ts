/** A document is read as JSON says, whoever has written it and however it is laid out. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** What a storage reads of `contacts.json`. */
async function read(text: string): Promise<Record<string, unknown>> {
  const path = await temporaryFolder()
  await mkdir(join(path, 'im_client'))
  await writeFile(join(path, 'im_client', 'contacts.json'), text)
  const storage = fsStorage(path)
  await storage.open()
  const entries = await storage.list(['contacts'])
  expect(new Set(entries.map(({ key }) => JSON.stringify(key))).size).toBe(entries.length)
  await storage.close()
  return Object.fromEntries(entries.map(({ key, value }) => [String(key[1]), value]))
}

const byName = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))

describe('A document', () => {
  it('is read in every layout in which JSON can be written', async () => {
    const object = fc.dictionary(
      fc.string({ minLength: 1 }).filter(name => !/^\[|^__proto__$|\p{Cc}/u.test(name)),
      fc.jsonValue(),
      { maxKeys: 5 },
    )
    await fc.assert(
      fc.asyncProperty(object, fc.constantFrom(undefined, 1, 2, 4, '\t'), async (object, indent) => {
        const text = JSON.stringify(object, undefined, indent)
        expect(byName(await read(`${text}\n`))).toEqual(byName(JSON.parse(text)))
      }),
      { numRuns: 50 },
    )
  })

  it('is read as a whole where its lines only look like properties', async () => {
    for (const text of [
      '{\n  "a": {\n  "b": 1,\n  "c": 2\n  }\n}\n',
      '{\n  "a": 1, "b": 2,\n  "c": 3\n}\n',
      '{\n  "a": {"x": 1,\n  "b": 2}, "b": 3\n}\n',
      '{\n  "a": [1,\n  2]\n}\n',
      '{\n  "a": 1,\n  "a": 2\n}\n',
    ]) {
      expect(byName(await read(text)), text).toEqual(byName(JSON.parse(text)))
    }
  })

  it('is refused where it is no JSON object, though each of its lines may look right', async () => {
    for (const text of ['{\n  "a": 1,\n}\n', '{\n  "a": 1\n  "b": 2\n}\n', '{\n  "a": 1,,\n  "b": 2\n}\n', '[]\n']) {
      await expect(read(text), text).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' })
    }
  })

  it('holds one value where two names stand for the same key', async () => {
    expect(await read('{\n  "a": 1,\n  "[\\"a\\"]": 2\n}\n')).toEqual({ a: 2 })
  })

  it('gives everybody a value of their own', async () => {
    const path = await temporaryFolder()
    await mkdir(join(path, 'im_client'))
    await writeFile(join(path, 'im_client', 'contacts.json'), '{\n  "a": {"name":"A"}\n}\n')
    const storage = fsStorage(path)
    await storage.open()
    for (let reader = 1; reader <= 3; reader++) {
      const value = (await storage.get(['contacts', 'a'])) as { name: string }
      expect(value).toEqual({ name: 'A' })
      value.name = 'changed'
    }
    await storage.close()
  })
})
