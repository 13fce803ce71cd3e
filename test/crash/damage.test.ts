/**
 * Every file of a small workspace is cut off at every byte, and every byte of it is altered. Whatever opens says what it has
 * repaired, with file and line, or is refused with an error that names the file and what to do. What neither opening nor the
 * examination can notice is listed here, and in `docs/storage.md`.
 */
import { cp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examineWorkspace, type Finding, fsStorage } from '../../adapters/fs/index.ts'
import { IMError } from '../../src/errors.ts'
import type { StorageEntry, StorageRepair } from '../../src/storage/contract.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'

const COLLECTIONS = ['config', 'contacts', 'conversations', 'outbox', 'pending', 'state', 'events']
const SETTLED = 3
const IN_JOURNAL = 2

const OWNER = 'im_client/owner.lock'

let original: string
/** The same, with the claim of the process that is gone. */
let claimed: string
let contents: string[]
const folders: string[] = []

async function folder(): Promise<string> {
  const path = await memoryFolder()
  folders.push(path)
  return path
}

/** A workspace whose process was killed: some batches are in the files, some only in the journal. */
beforeAll(async () => {
  const live = await folder()
  original = await folder()
  const storage = fsStorage(live)
  await storage.open()
  await storage.write([{ type: 'put', key: ['config', 'agentId'], value: 'bob' }])
  for (let seq = 1; seq <= SETTLED; seq++) await storage.write(batch(seq))
  await storage.close()
  const again = fsStorage(live)
  await again.open()
  for (let seq = SETTLED + 1; seq <= SETTLED + IN_JOURNAL; seq++) await again.write(batch(seq))
  await cp(live, original, { recursive: true })
  await again.close()
  claimed = await folder()
  await cp(original, claimed, { recursive: true })
  const lock = join(original, OWNER)
  const owner = { ...JSON.parse(await readFile(lock, 'utf8')), startedAt: '1' } // gone
  await writeFile(join(claimed, OWNER), JSON.stringify(owner))
  await rm(lock) // a takeover takes its time
  const healthy = await folder()
  await cp(original, healthy, { recursive: true })
  contents = (await open(healthy)).contents
})

afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true })
})

const batch = (seq: number) => [
  { type: 'put' as const, key: ['events', 'alice', seq] as const, value: { seq, text: `第 ${seq} 条` } },
  { type: 'put' as const, key: ['conversations', 'alice'] as const, value: { lastSeq: seq } },
  { type: 'put' as const, key: ['pending', 'alice', seq] as const, value: { state: 'waiting' } },
  { type: 'put' as const, key: ['contacts', `c${seq}`] as const, value: { name: 'Carol' } },
]

/** What came of opening a workspace. */
interface Outcome {
  /** One text for each entry. */
  readonly contents: string[]
  readonly repairs: readonly StorageRepair[]
  readonly error?: IMError
}

/** Opens a workspace and reads everything. */
async function open(path: string): Promise<Outcome> {
  const repairs: StorageRepair[] = []
  const storage = fsStorage(path)
  try {
    await storage.open({ onRepair: repair => repairs.push(repair) })
    const entries: StorageEntry[] = []
    for (const name of COLLECTIONS) entries.push(...(await storage.list([name])))
    return { contents: entries.map(entry => JSON.stringify(entry)), repairs }
  } catch (error) {
    expect(error).toBeInstanceOf(IMError)
    return { contents: [], repairs, error: error as IMError }
  } finally {
    await storage.close()
  }
}

/** Long ago: a claim that cannot be read is believed for some seconds. */
const LONG_AGO = new Date(0)

/** Damages one file of a copy, and gives what opening and examining it say. */
async function damage(place: string, bytes: Uint8Array) {
  const path = await memoryFolder()
  try {
    await cp(place === 'owner.lock' ? claimed : original, path, { recursive: true })
    await writeFile(join(path, 'im_client', place), bytes)
    await utimes(join(path, 'im_client', place), LONG_AGO, LONG_AGO)
    const { findings } = await examineWorkspace(path)
    return { ...(await open(path)), findings: findings.filter(finding => finding.place === place) }
  } finally {
    await rm(path, { recursive: true })
  }
}

type Damaged = Awaited<ReturnType<typeof damage>>

/** Fails unless whatever was done about damage was said; gives whether what is there is not what was there. */
function isAltered({ contents: found, repairs, error }: Damaged, place: string): boolean {
  if (error) {
    expect(error.code).toMatch(/^STORAGE_(DAMAGED|LOCKED)$/)
    expect(error.message).toContain(`im_client/${place}`)
    expect(error.message).toMatch(/im-client doctor|try again/)
    return false
  }
  for (const repair of repairs.filter(({ kind }) => kind !== 'stale-owner')) expect(repair.place).toBe(place)
  const damaged = repairs.filter(({ kind }) => !['stale-owner', 'bad-document'].includes(kind))
  for (const { line } of damaged) expect(line).toBeGreaterThan(0)
  return JSON.stringify(found) !== JSON.stringify(contents)
}

const isTold = ({ repairs, findings }: { repairs: readonly StorageRepair[]; findings: readonly Finding[] }) =>
  repairs.some(({ kind }) => kind !== 'stale-owner') || findings.some(({ kind }) => kind !== 'owner')

/** The entries that are there and were not, or the reverse. */
const difference = (found: readonly string[]) => [
  ...found.filter(text => !contents.includes(text)),
  ...contents.filter(text => !found.includes(text)),
]

/** Each takeover takes 20 ms: every so many bytes will do. */
const OWNER_STEP = 4

const JOURNAL = 'journal.jsonl'
const LOG = 'conversations/alice.jsonl'
const DOCUMENTS = ['config.json', 'contacts.json', 'conversations/index.json', 'queue/pending.json']

describe('A workspace of which a file is damaged', () => {
  it('is that of the test: every file is looked at', async () => {
    const names = await readdir(join(original, 'im_client'), { recursive: true })
    const files = names.filter(name => name.includes('.')).sort()
    expect(files).toEqual([JOURNAL, LOG, ...DOCUMENTS].sort())
    expect(contents).toHaveLength(2 + 3 * (SETTLED + IN_JOURNAL))
  })

  it('tells of every altered bit of the journal, and plays back no record that was altered', async () => {
    await everyFlip(JOURNAL, async damaged => {
      if (isAltered(damaged, JOURNAL)) expect(isTold(damaged)).toBe(true)
      expect(damaged.error).toBeUndefined()
      expect(isTold(damaged)).toBe(true)
      for (const text of damaged.contents) expect(text).not.toContain('\ufffd')
    })
  })

  it('loses no whole record of a journal that is cut off, and tells of one that is not whole', async () => {
    await everyCut(JOURNAL, async (damaged, bytes) => {
      isAltered(damaged, JOURNAL)
      const whole = bytes.toString().split('\n').length - 1
      expect(damaged.contents.filter(text => text.includes('"events"'))).toHaveLength(SETTLED + whole)
      expect(isTold(damaged)).toBe(bytes.length > 0 && bytes.at(-1) !== 0x0a)
    })
  })

  it('tells of every altered bit of a log that takes a line its form, its order or its encoding; no other line changes', async () => {
    let untold = 0
    await everyFlip(LOG, async (damaged, bytes, at) => {
      if (!isAltered(damaged, LOG) || isTold(damaged)) return
      untold += 1
      // Only where the line is still an event in its place: a letter of it is another.
      expect(difference(damaged.contents).length, `byte ${at}`).toBe(2)
      expect(() =>
        bytes
          .toString()
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line)),
      ).not.toThrow()
    })
    expect(untold).toBeGreaterThan(0)
  })

  it('keeps every whole line of a log that is cut off, and tells of a torn one', async () => {
    await everyCut(LOG, async (damaged, bytes) => {
      isAltered(damaged, LOG)
      const lines = bytes.toString().split('\n')
      const whole = lines.length - 1 + (isWhole(lines.at(-1) ?? '') ? 1 : 0)
      expect(damaged.contents.filter(text => text.includes('"events"'))).toHaveLength(whole + IN_JOURNAL)
      expect(isTold(damaged)).toBe(bytes.length > 0 && bytes.at(-1) !== 0x0a)
    })
  })

  for (const place of DOCUMENTS) {
    it(`is refused where ${place} is cut off anywhere but before its last line end`, async () => {
      await everyCut(place, async (damaged, bytes, full) => {
        isAltered(damaged, place)
        expect(damaged.error?.code).toBe(bytes.length < full.length - 1 ? 'STORAGE_DAMAGED' : undefined)
        expect(damaged.findings.length > 0).toBe(damaged.error !== undefined)
      })
    })

    it(`is refused where a bit of ${place} is altered so that it is no JSON; otherwise one entry is another`, async () => {
      await everyFlip(place, async (damaged, bytes, at) => {
        isAltered(damaged, place)
        expect(damaged.error !== undefined, `byte ${at}`).toBe(!isJsonObject(bytes))
        if (!damaged.error && !isTold(damaged)) expect(difference(damaged.contents).length).toBeLessThanOrEqual(4)
      })
    })
  }

  it('is opened, or refused with the name of the file, whatever is in owner.lock', async () => {
    const check = async (damaged: Damaged) => expect(isAltered(damaged, 'owner.lock')).toBe(false)
    await everyFlip('owner.lock', check, OWNER_STEP)
    await everyCut('owner.lock', check, OWNER_STEP)
  })
})

function isWhole(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false // torn
  }
}

function isJsonObject(bytes: Buffer): boolean {
  try {
    return typeof JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) === 'object'
  } catch {
    return false // no JSON, or not UTF-8
  }
}

type Check = (damaged: Damaged, bytes: Buffer, at: number) => Promise<unknown>
type CutCheck = (damaged: Damaged, bytes: Buffer, full: Buffer) => Promise<unknown>

/** Alters each byte of a file in one bit, which a seed chooses. */
async function everyFlip(place: string, check: Check, step = 1): Promise<void> {
  const full = await readFile(join(place === 'owner.lock' ? claimed : original, 'im_client', place))
  const random = new SeededRandom(testSeed())
  for (let at = 0; at < full.length; at += step) {
    const bytes = Buffer.from(full)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7))
    await told(`${place}, byte ${at}, seed ${random.seed}`, async () => check(await damage(place, bytes), bytes, at))
  }
}

/** Cuts a file off at each byte. */
async function everyCut(place: string, check: CutCheck, step = 1): Promise<void> {
  const full = await readFile(join(place === 'owner.lock' ? claimed : original, 'im_client', place))
  for (let length = 0; length < full.length; length += step) {
    const bytes = full.subarray(0, length)
    await told(`${place}, cut off at ${length}`, async () => check(await damage(place, bytes), bytes, full))
  }
}

async function told(note: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step()
  } catch (error) {
    throw new Error(`${note}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}
