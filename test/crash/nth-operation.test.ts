/**
 * Every operation of the file system fails once, in turn, while a workspace is opened, written to, emptied of its journal,
 * closed and opened again. What was acknowledged stays, what was rejected does not come back, and it opens without repairs.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMError } from '../../src/errors.ts'
import type { StorageAdapter, WriteOperation } from '../../src/storage/contract.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { memoryFolder } from '../support/memory-folder.ts'
import { type FileStep, quiet, systemError, type Watch, watchedFileSystem } from '../support/watched-file-system.ts'
import { checkWorkspace } from '../support/workspace-check.ts'

const BATCHES_IN_FIRST_LIFE = 5
const BATCHES = 7

/** Batch n: a line (every other pair comes in the wrong order), an entry of a document, and an item that replaces another. */
const batchOf = (number: number): WriteOperation[] => [
  { type: 'put', key: ['events', `c${number % 2}`, number ^ 2], value: { seq: number ^ 2, text: 'x'.repeat(100) } },
  { type: 'put', key: ['contacts', String(number)], value: number },
  { type: 'delete', key: ['pending', 'c', number - 1] },
  { type: 'put', key: ['pending', 'c', number], value: { number } },
]

/** The numbers of the batches that are there. Fails where one is there by half, or an item that a later one took away. */
async function batchesIn(storage: StorageAdapter): Promise<number[]> {
  const events = (await storage.list(['events'])).map(({ value }) => (value as { seq: number }).seq ^ 2)
  const contacts = (await storage.list(['contacts'])).map(({ value }) => value as number)
  const pending = (await storage.list(['pending'])).map(({ key }) => key[2] as number)
  const sorted = contacts.sort((a, b) => a - b)
  expect(events.sort((a, b) => a - b)).toEqual(sorted)
  expect(pending).toEqual(sorted.filter(number => !sorted.includes(number + 1)))
  return sorted
}

/** What a program that uses a workspace has learned. */
class Program {
  readonly acknowledged: number[] = []
  readonly rejected: number[] = []
  readonly errors: IMError[] = []
  readonly #path: string
  readonly #watched = watchedFileSystem()

  constructor(path: string) {
    this.#path = path
    this.watch.syncs = false // no power is cut here
  }

  get watch(): Watch {
    return this.#watched.watch
  }

  /** Opens, writes, reads, lets files settle and the journal be emptied in between, closes. */
  async live(first: number, last: number): Promise<void> {
    const clock = new ManualClock()
    const storage = fsStorage(this.#path, { fileSystem: this.#watched.fileSystem, clock, checkpointLength: 600 })
    if (!(await this.#tried(storage.open({ onFailure: error => this.errors.push(error) })))) return
    for (let number = first; number <= last; number++) {
      if (await this.#tried(storage.write(batchOf(number)))) this.acknowledged.push(number)
      else this.rejected.push(number)
      await clock.advance(100)
      await quiet(this.watch)
    }
    await this.#tried(storage.list(['events', 'c1'], { limit: 2, reverse: true }))
    await this.#tried(storage.close())
    await quiet(this.watch)
    expect(this.watch.opened, 'files that stayed open').toBe(0)
  }

  async #tried(step: Promise<unknown>): Promise<boolean> {
    try {
      await step
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(IMError)
      this.errors.push(error as IMError)
      return false
    }
  }
}

/** An owner that could not give up its claim is gone when its process is. */
async function endProcess(path: string): Promise<void> {
  await rm(join(path, 'im_client/owner.lock'), { force: true })
}

/** A way to fail: what happens at each step, given how many steps of its kind came before. */
interface Fault {
  readonly picks: (step: FileStep) => boolean
  readonly strike: (count: number, nth: number) => number | undefined
  /**
   * Whether it allows nothing any more from the moment on at which it strikes. What was under way then cannot be taken
   * back: the group that was just written may be there though it was rejected, and the last line of a file may be torn.
   */
  readonly leavesUnsure?: boolean
}

/** Where a person looks, and what a person does, after an error. */
const EXPLAINED = /^\/\S* cannot|^\S+ cannot be brought up to date.* \S*\/im_client/
const ADVISED = /Make room|Check the disk|Too many files are open/

async function check(path: string, { acknowledged, rejected, errors }: Program, fault: Fault): Promise<void> {
  for (const { code, message } of errors) {
    expect(code).toMatch(/^STORAGE_(IO|FULL)$/)
    expect(message).toMatch(EXPLAINED)
    expect(message).toMatch(ADVISED)
  }
  const repairs: string[] = []
  const storage = fsStorage(path)
  await storage.open({ onRepair: ({ kind }) => repairs.push(kind) })
  const found = await batchesIn(storage)
  const unsure = fault.leavesUnsure ? rejected.slice(0, 1) : []
  expect(found.filter(number => !unsure.includes(number))).toEqual(acknowledged)
  await storage.close()
  const { problems } = await checkWorkspace(join(path, 'im_client'))
  expect(problems.filter(problem => /does not parse|middle of a line/.test(problem))).toEqual([])
  expect(repairs.filter(kind => !(fault.leavesUnsure && kind === 'torn-tail'))).toEqual([])
}

/** What is read of `/proc` says who owns a workspace, and may be hidden anyway. */
const everywhere = ({ path }: FileStep) => !path.startsWith('/proc')

const once = (code: string): Fault => ({
  picks: everywhere,
  strike: (count, nth) => {
    if (count === nth) throw systemError(code)
    return undefined
  },
})

const fromThenOn: Fault = {
  picks: everywhere,
  strike: (count, nth) => {
    if (count >= nth) throw systemError(nth % 2 ? 'EIO' : 'ENOSPC')
    return undefined
  },
  leavesUnsure: true,
}

const shortWrite: Fault = {
  picks: ({ name }) => name === 'write',
  strike: (count, nth) => {
    if (count === nth + 1) throw systemError('ENOSPC')
    return count === nth ? 7 : undefined
  },
}

/** Lets a fault strike at each step in turn. Gives how often it struck. */
async function everyStep(fault: Fault): Promise<number> {
  for (let nth = 1; ; nth++) {
    const path = await memoryFolder()
    const program = new Program(path)
    let count = 0
    program.watch.before = step => (fault.picks(step) ? fault.strike(++count, nth) : undefined)
    await program.live(1, BATCHES_IN_FIRST_LIFE)
    const struck = count >= nth
    if (struck) program.watch.before = () => undefined
    await endProcess(path)
    await program.live(BATCHES_IN_FIRST_LIFE + 1, BATCHES)
    await endProcess(path)
    try {
      await check(path, program, fault)
    } catch (error) {
      const errors = program.errors.map(({ message }) => message)
      throw new Error(`step ${nth}: ${errors.join('; ')}`, { cause: error })
    } finally {
      await rm(path, { recursive: true })
    }
    if (count < nth) return nth - 1
  }
}

describe('A workspace of which one operation fails', () => {
  for (const code of ['EIO', 'ENOSPC', 'EMFILE']) {
    it(`keeps what it acknowledged and nothing else: each fails once with ${code}`, async () => {
      expect(await everyStep(once(code))).toBeGreaterThan(150)
    }, 60_000)
  }

  it('keeps what it acknowledged and nothing else: each write ends short, and the next finds the disk full', async () => {
    expect(await everyStep(shortWrite)).toBeGreaterThan(20)
  }, 60_000)
})

describe('A workspace of which every operation fails from some moment on', () => {
  it('keeps what it acknowledged and nothing else, once it is healed', async () => {
    expect(await everyStep(fromThenOn)).toBeGreaterThan(100)
  }, 60_000)
})
