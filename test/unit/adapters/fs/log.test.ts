import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FsStorageOptions, fsStorage } from '../../../../adapters/fs/index.ts'
import type { Key, ListOptions, StorageAdapter, StorageRepair } from '../../../../src/storage/contract.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'
import { quiet, watchedFileSystem } from '../../../support/watched-file-system.ts'

const line = (seq: number, text = `text ${seq}`) => `${JSON.stringify({ seq, text })}\n`
const lines = (count: number, text = 'x'.repeat(150)) =>
  Array.from({ length: count }, (_, index) => line(index + 1, text)).join('')
const fileOf = (path: string) => join(path, 'im_client/conversations/bob.jsonl')
const kinds = (repairs: readonly StorageRepair[]) => repairs.map(({ kind }) => kind)
const put = (seq: number, text = `text ${seq}`) =>
  ({ type: 'put', key: ['events', 'bob', seq] as Key, value: { seq, text } }) as const

/** A workspace whose one conversation has this file. */
async function workspace(content: string | Uint8Array): Promise<string> {
  const path = await temporaryFolder()
  await mkdir(join(path, 'im_client/conversations'), { recursive: true })
  await writeFile(fileOf(path), content)
  return path
}

async function opened(
  path: string,
  { repairs = [], ...options }: FsStorageOptions & { repairs?: StorageRepair[] } = {},
): Promise<StorageAdapter> {
  const storage = fsStorage(path, options)
  await storage.open({ onRepair: repair => repairs.push(repair) })
  onTestFinished(() => storage.close())
  return storage
}

async function seqs(storage: StorageAdapter, options: ListOptions = {}): Promise<unknown[]> {
  return (await storage.list(['events', 'bob'], options)).map(({ key }) => key[2])
}

describe('a page of a long conversation', () => {
  const COUNT = 100_000
  const bound = (seq: number): Key => ['events', 'bob', seq]

  it('is read from where it is, and little else', async () => {
    const { fileSystem, watch } = watchedFileSystem()
    const storage = await opened(await workspace(lines(COUNT)), { fileSystem })
    expect(watch.steps.filter(({ path }) => path.endsWith('.jsonl') && path.includes('conversations'))).toEqual([])

    const cost = async (options: ListOptions, from: number) => {
      watch.bytesRead = 0
      const expected = Array.from({ length: 50 }, (_, index) => from + index)
      expect(await seqs(storage, options)).toEqual(options.reverse ? expected.reverse() : expected)
      return watch.bytesRead
    }
    const tail = 4 * 16 * 1024
    expect(await cost({ limit: 50, reverse: true }, COUNT - 49)).toBeLessThanOrEqual(tail)
    expect(await cost({ limit: 50, reverse: true }, COUNT - 49)).toBeLessThanOrEqual(16 * 1024)
    expect(await cost({ limit: 50 }, 1)).toBeLessThanOrEqual(16 * 1024)
    const bisection = 20 * 16 * 1024
    const middle = await cost({ limit: 50, reverse: true, before: bound(50_001) }, 49_951)
    expect(middle).toBeLessThanOrEqual(bisection)
    expect(await cost({ limit: 50, reverse: true, before: bound(50_001) }, 49_951)).toBeLessThan(middle)
    expect(await cost({ limit: 50, after: bound(77_777) }, 77_778)).toBeLessThanOrEqual(bisection)
    watch.bytesRead = 0
    expect(await storage.get(bound(12_345))).toMatchObject({ seq: 12_345 })
    expect(watch.bytesRead).toBeLessThanOrEqual(bisection)
  })

  it('is the same as of a plain list, whatever lines there are, what waits over them and where it begins', async () => {
    const entry = fc.record({ seq: fc.integer({ min: 0, max: 400 }), length: fc.nat(40_000) })
    const place = fc.option(fc.integer({ min: -1, max: 401 }), { nil: undefined })
    const asked = fc.record({ after: place, before: place, limit: fc.nat(60), reverse: fc.boolean() })
    const parameters = { inFile: fc.array(entry, { maxLength: 60 }), waiting: fc.array(entry, { maxLength: 10 }) }
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ...parameters, asked: fc.array(asked, { minLength: 5, maxLength: 5 }) }),
        async run => {
          const inFile = [...new Map(run.inFile.map(({ seq, length }) => [seq, length]))].sort(([a], [b]) => a - b)
          const path = await workspace(inFile.map(([seq, length]) => line(seq, 'x'.repeat(length))).join(''))
          const storage = fsStorage(path, { clock: new ManualClock() })
          await storage.open()
          await storage.write(
            run.waiting.map(({ seq }, at) => (at % 3 ? put(seq) : { type: 'delete', key: bound(seq) })),
          )
          const expected = new Set(inFile.map(([seq]) => seq))
          for (const [at, { seq }] of run.waiting.entries()) {
            if (at % 3) expected.add(seq)
            else expected.delete(seq)
          }
          for (const { after, before, limit, reverse } of run.asked) {
            const within = [...expected]
              .filter(seq => (after === undefined || seq > after) && (before === undefined || seq < before))
              .sort((a, b) => (reverse ? b - a : a - b))
            const bounds = {
              ...(after !== undefined && { after: bound(after) }),
              ...(before !== undefined && { before: bound(before) }),
            }
            expect(await seqs(storage, { ...bounds, limit, reverse })).toEqual(within.slice(0, limit))
          }
          await storage.close()
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe("the tail of a conversation's file", () => {
  it('is healed wherever it is torn: what is whole stays, what is not is kept apart, cut off and reported', async () => {
    const whole = line(1) + line(2)
    const last = line(3, 'ü\u2028')
    const bytes = Buffer.from(whole + last)
    for (let length = Buffer.byteLength(whole); length < bytes.length; length++) {
      const path = await workspace(bytes.subarray(0, length))
      const repairs: StorageRepair[] = []
      const storage = await opened(path, { repairs })
      const torn = bytes.subarray(Buffer.byteLength(whole), length)
      const lacksOnlyLineFeed = length === bytes.length - 1
      expect(await seqs(storage)).toEqual(lacksOnlyLineFeed ? [1, 2, 3] : [1, 2])
      expect(kinds(repairs)).toEqual(torn.length > 0 && !lacksOnlyLineFeed ? ['torn-tail'] : [])
      if (repairs[0]) expect(await readFile(join(path, 'im_client', repairs[0].quarantine ?? ''))).toEqual(torn)
      await storage.write([put(4)])
      await storage.close()
      expect(await readFile(fileOf(path), 'utf8')).toBe(whole + (lacksOnlyLineFeed ? last : '') + line(4))
    }
  })

  it('is healed where it is a run of NUL bytes, or all that there is', async () => {
    for (const content of [Buffer.concat([Buffer.from(line(1)), Buffer.alloc(5000)]), Buffer.alloc(20_000)]) {
      const repairs: StorageRepair[] = []
      const storage = await opened(await workspace(content), { repairs })
      expect(await seqs(storage)).toEqual(content.length < 10_000 ? [1] : [])
      expect(kinds(repairs)).toEqual(['torn-tail'])
    }
  })
})

describe('a bad line', () => {
  it.each([
    ['no JSON', '{"seq":2,"text":'],
    ['NUL bytes', '\0'.repeat(100)],
    ['no object', '[2]'],
    ['no seq', '{"text":"x"}'],
    ['a seq out of order', line(1, 'again').trimEnd()],
  ])('that is %s is left out, kept and reported once, and the others are read', async (_, bad) => {
    const path = await workspace(`${line(1)}${bad}\n${line(3)}${line(4)}`)
    const repairs: StorageRepair[] = []
    const storage = await opened(path, { repairs })
    expect(await seqs(storage)).toEqual([1, 3, 4])
    expect(await seqs(storage)).toEqual([1, 3, 4])
    expect(kinds(repairs)).toEqual(['bad-line'])
    expect(await readFile(join(path, 'im_client', repairs[0]?.quarantine ?? ''), 'utf8')).toBe(bad)
  })

  it('is gone from the file when the next line is brought to it', async () => {
    const path = await workspace(`${line(1)}${'\0'.repeat(100)}\n${line(3)}`)
    const storage = await opened(path)
    expect(await seqs(storage)).toEqual([1, 3])
    await storage.write([put(4)])
    await storage.close()
    expect(await readFile(fileOf(path), 'utf8')).toBe(line(1) + line(3) + line(4))
  })

  it('that is not UTF-8 is not read as something else', async () => {
    const bad = Buffer.from(line(2, 'é'), 'latin1')
    const path = await workspace(Buffer.concat([Buffer.from(line(1)), bad, Buffer.from(line(3))]))
    const repairs: StorageRepair[] = []
    const storage = await opened(path, { repairs })
    expect(await seqs(storage)).toEqual([1, 3])
    expect(kinds(repairs)).toEqual(['bad-line'])
  })

  it('stays in quarantine, in one copy, when the file is merged', async () => {
    const path = await workspace(`${line(1)}bad\n${line(3)}`)
    const storage = await opened(path)
    await seqs(storage)
    await storage.write([put(2)])
    await storage.close()
    expect(await readFile(fileOf(path), 'utf8')).toBe(line(1) + line(2) + line(3))
    expect(await readdir(join(path, 'im_client/quarantine'))).toHaveLength(1)
  })
})

describe('a line with a seq that does not belong there', () => {
  const bound = (seq: number): Key => ['events', 'bob', seq]

  it('that is far too high is left out, kept and reported, and hides nothing', async () => {
    const path = await workspace(`${lines(200)}${line(999_999)}${[201, 202, 203].map(seq => line(seq)).join('')}`)
    const repairs: StorageRepair[] = []
    const storage = await opened(path, { repairs })
    const all = Array.from({ length: 203 }, (_, index) => index + 1)
    expect(await seqs(storage)).toEqual(all)
    expect(await seqs(storage, { reverse: true })).toEqual([...all].reverse())
    expect(await seqs(storage, { after: bound(195) })).toEqual(all.slice(195))
    expect(await seqs(storage, { before: bound(203), limit: 3, reverse: true })).toEqual([202, 201, 200])
    expect(await storage.get(bound(999_999))).toBeUndefined()
    expect(kinds(repairs)).toEqual(['bad-line'])
    expect(await readFile(join(path, 'im_client', repairs[0]?.quarantine ?? ''), 'utf8')).toBe(line(999_999).trimEnd())
  })

  it('costs no other its place when the file is merged', async () => {
    const path = await workspace(line(1) + line(2) + line(999_999) + line(4) + line(5))
    const storage = await opened(path)
    await storage.write([put(3)])
    await storage.close()
    expect(await readFile(fileOf(path), 'utf8')).toBe([1, 2, 3, 4, 5].map(seq => line(seq)).join(''))
  })

  it('that is too high and the last hides nothing that comes later', async () => {
    const path = await workspace(lines(3) + line(999_999))
    const storage = await opened(path)
    await storage.write([put(4), put(5)])
    expect((await seqs(storage)).slice(0, 5)).toEqual([1, 2, 3, 4, 5])
    await storage.close()
    expect((await seqs(await opened(path))).slice(0, 5)).toEqual([1, 2, 3, 4, 5])
  })

  it('hides no entry where another one follows before the first is judged', async () => {
    const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index))
    const content = [...lines(1, 9), line(1, 'wrong'), ...lines(10, 12), line(1, 'wrong'), ...lines(13, 20)]
    const storage = await opened(await workspace(content.join('')))
    expect(await seqs(storage, { reverse: true, limit: 14 })).toEqual([
      20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7,
    ])
  })

  it('misleads no reading, wherever it stands, whatever it is and however long the lines are', async () => {
    const COUNT = 120
    const wrong = fc.record({
      behind: fc.integer({ min: 1, max: COUNT - 1 }),
      seq: fc.integer({ min: 1, max: 2 * COUNT }),
    })
    const place = fc.option(fc.integer({ min: 0, max: COUNT + 1 }), { nil: undefined })
    const asked = fc.record({
      after: place,
      before: place,
      limit: fc.integer({ min: 1, max: 60 }),
      reverse: fc.boolean(),
    })
    const run = fc.record({
      length: fc.integer({ min: 10, max: 3000 }),
      wrong: fc.uniqueArray(wrong, { maxLength: 3, selector: ({ behind }) => Math.floor(behind / 10) }),
      asked: fc.array(asked, { minLength: 6, maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(run, async ({ length, wrong, asked }) => {
        const text = 'x'.repeat(length)
        const behind = (at: number) => wrong.filter(({ behind }) => behind === at).map(({ seq }) => line(seq, 'wrong'))
        const right = Array.from({ length: COUNT }, (_, index) => index + 1)
        const content = right.map(seq => [line(seq, text), ...behind(seq)].join('')).join('')
        const storage = fsStorage(await workspace(content), { clock: new ManualClock() })
        await storage.open()
        for (const { after, before, limit, reverse } of asked) {
          const within = right.filter(seq => seq > (after ?? 0) && seq < (before ?? COUNT + 1))
          const bounds = {
            ...(after !== undefined && { after: bound(after) }),
            ...(before !== undefined && { before: bound(before) }),
          }
          const expected = (reverse ? within.reverse() : within).slice(0, limit)
          expect(await seqs(storage, { ...bounds, limit, reverse })).toEqual(expected)
        }
        await storage.close()
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

describe('text', () => {
  it('that holds line separators of Unicode stays one line', async () => {
    const path = await temporaryFolder()
    const text = 'a\u2028b\u2029c\u0085d\r\ne\u0000'
    const storage = await opened(path)
    await storage.write([put(1, text)])
    await storage.close()
    expect((await readFile(fileOf(path))).filter(byte => byte === 0x0a)).toHaveLength(1)
    expect(await (await opened(path)).get(['events', 'bob', 1])).toEqual({ seq: 1, text })
  })
})

describe('files', () => {
  it('are up to date within 200 ms of the last write, and no timer stays behind', async () => {
    const path = await temporaryFolder()
    const clock = new ManualClock()
    const { fileSystem, watch } = watchedFileSystem()
    const storage = await opened(path, { clock, fileSystem })
    await storage.write([put(5), { type: 'put', key: ['contacts', 'bob'], value: 1 }])
    await clock.advance(30)
    await storage.write([put(2), { type: 'put', key: ['contacts', 'bob'], value: 2 }])
    for (let passed = 0; passed < 150; passed += 10) {
      await clock.advance(10)
      await quiet(watch)
    }
    expect(await readFile(fileOf(path), 'utf8')).toBe(line(2) + line(5))
    expect(JSON.parse(await readFile(join(path, 'im_client/contacts.json'), 'utf8'))).toEqual({ bob: 2 })
    expect(clock.waiting).toBe(0)
  })
})
