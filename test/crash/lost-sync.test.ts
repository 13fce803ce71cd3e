/** A sync fails, and what it was about is lost. Nothing acknowledged may be lost with it, even when the power goes later. */
import { rm } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import type { IMError } from '../../src/errors.ts'
import type { StorageAdapter, WriteOperation } from '../../src/storage/contract.ts'
import { LosingDisk } from '../support/losing-disk.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'

const BATCHES = 12
const LIVES = 100
const CODES = /^STORAGE_(IO|FULL)$/

/** Late lines as well as such that are appended, in two logs, and an entry of a document. */
const batchOf = (number: number): WriteOperation[] => [
  { type: 'put', key: ['events', `c${number % 2}`, number ^ 2], value: { seq: number ^ 2, text: '客'.repeat(40) } },
  { type: 'put', key: ['contacts', String(number)], value: number },
]

/** The numbers of the batches that are there, and of those that are there by half. */
async function batchesIn(storage: StorageAdapter): Promise<{ whole: number[]; half: number[] }> {
  const events = new Set((await storage.list(['events'])).map(({ value }) => (value as { seq: number }).seq ^ 2))
  const contacts = new Set((await storage.list(['contacts'])).map(({ value }) => value as number))
  const all = [...new Set([...events, ...contacts])].sort((a, b) => a - b)
  const isWhole = (number: number) => events.has(number) && contacts.has(number)
  return { whole: all.filter(isWhole), half: all.filter(number => !isWhole(number)) }
}

interface Life {
  readonly storage: StorageAdapter
  readonly clock: ManualClock
  readonly acknowledged: number[]
}

/** Writes batches; after each one reads that what was acknowledged is there, and now and then lets files settle. */
async function writeAll({ storage, clock, acknowledged }: Life): Promise<void> {
  for (let number = 1; number <= BATCHES; number++) {
    await storage.write(batchOf(number)).then(
      () => acknowledged.push(number),
      error => expect(error.code).toMatch(CODES),
    )
    if (number % 4 === 0) await clock.advance(100)
    expect(await batchesIn(storage)).toEqual({ whole: acknowledged, half: [] })
  }
}

/** A life on a disk whose syncs may fail, and a power cut. Gives what was acknowledged. */
async function live(path: string, disk: LosingDisk) {
  const clock = new ManualClock()
  const storage = fsStorage(path, { fileSystem: disk.fileSystem, clock, checkpointLength: 400 })
  const acknowledged: number[] = []
  const refused: IMError | undefined = await storage.open().then(
    () => undefined,
    error => error,
  )
  if (refused) expect(refused.code).toBe('STORAGE_IO')
  else await writeAll({ storage, clock, acknowledged })
  await storage.close().catch(error => expect(error.code).toBe('STORAGE_IO'))
  await disk.cutPower(path)
  return acknowledged
}

/** What a life leaves is what it had acknowledged. */
async function check(disk: LosingDisk, note: string): Promise<void> {
  const path = await memoryFolder()
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  const acknowledged = await live(path, disk).catch(error => {
    throw new Error(note, { cause: error })
  })
  const storage = fsStorage(path)
  await storage.open()
  expect(await batchesIn(storage), note).toEqual({ whole: acknowledged, half: [] })
  await storage.close()
}

describe.runIf(process.platform === 'linux')('A sync that fails and loses its data', () => {
  for (const forgetsAtOnce of [false, true]) {
    const when = forgetsAtOnce ? 'at once' : 'when the power is cut'
    it(`loses nothing that was acknowledged, whichever sync it is, where the data is gone ${when}`, async () => {
      let failures = 0
      for (let nth = 1, failed = true; failed; nth++) {
        const disk = new LosingDisk()
        disk.forgetsAtOnce = forgetsAtOnce
        let left = nth
        disk.failsSync = () => --left === 0
        await check(disk, `sync ${nth}`)
        failed = left <= 0
        if (failed) failures += 1
      }
      expect(failures).toBeGreaterThan(40)
    }, 60_000)
  }

  it('loses nothing that was acknowledged, however many of them fail, one after the other', async () => {
    const random = new SeededRandom(testSeed())
    for (let life = 1; life <= LIVES; life++) {
      const disk = new LosingDisk()
      disk.forgetsAtOnce = random.integer(0, 1) === 0
      const oneIn = random.integer(2, 12)
      disk.failsSync = () => random.integer(1, oneIn) === 1
      await check(disk, `seed ${random.seed}, life ${life}`)
    }
  }, 60_000)
})
