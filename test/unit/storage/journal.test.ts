import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { IMError } from '../../../src/errors.ts'
import type { Json } from '../../../src/model/json.ts'
import type { Key, StorageRepair } from '../../../src/storage/contract.ts'
import { Journal, type JournalMedium, type JournalPlaces } from '../../../src/storage/journal.ts'
import type { EncodedOperation } from '../../../src/storage/operation.ts'

const step = (name: string, value: Json | undefined): EncodedOperation => ({
  key: ['c', name] as Key,
  name: JSON.stringify(['c', name]),
  text: value === undefined ? undefined : JSON.stringify(value),
})

/** A journal's bytes as a disk keeps them, with a switch for each thing that can go wrong. */
class TestMedium implements JournalMedium {
  readonly place = 'journal'
  bytes: Uint8Array = new Uint8Array()
  readonly kept: string[] = []
  appends = 0
  /** Given the bytes of an append: what of them reaches the disk, and the error, if any. */
  onAppend: (bytes: Uint8Array) => { written: Uint8Array; error?: Error } = bytes => ({ written: bytes })
  onRollback: () => void = () => undefined
  #start = 0

  async read(): Promise<Uint8Array> {
    this.#start = this.bytes.length
    return this.bytes
  }

  async append(text: string): Promise<void> {
    this.appends += 1
    this.#start = this.bytes.length
    const { written, error } = this.onAppend(new TextEncoder().encode(text))
    this.bytes = Buffer.concat([this.bytes, written])
    if (error) throw error
  }

  async rollback(): Promise<void> {
    this.onRollback()
    this.bytes = this.bytes.slice(0, this.#start)
  }

  async replace(text: string): Promise<void> {
    this.bytes = new TextEncoder().encode(text)
    this.#start = this.bytes.length
  }

  async keep(bytes: Uint8Array): Promise<string> {
    this.kept.push(new TextDecoder().decode(bytes))
    return `kept ${this.kept.length}`
  }
}

/** Places in memory, and what of them was settled. */
class TestPlaces implements JournalPlaces {
  readonly texts = new Map<string, string>()
  settled = new Map<string, string>()
  settle: () => Promise<void> = async () => {
    this.settled = new Map(this.texts)
  }

  apply(operations: readonly EncodedOperation[]): void {
    for (const { key, text } of operations) {
      if (text === undefined) this.texts.delete(String(key[1]))
      else this.texts.set(String(key[1]), text)
    }
  }
}

interface Run {
  readonly journal: Journal
  readonly places: TestPlaces
  readonly repairs: StorageRepair[]
  readonly failures: string[]
}

interface RunOptions {
  readonly settled?: ReadonlyMap<string, string>
  readonly confirm?: () => Promise<void>
  readonly checkpointLength?: number
}

async function run(medium: TestMedium, options: RunOptions = {}): Promise<Run> {
  const places = new TestPlaces()
  for (const [name, text] of options.settled ?? []) places.texts.set(name, text)
  const repairs: StorageRepair[] = []
  const failures: string[] = []
  const journal = new Journal({
    medium,
    places,
    confirm: options.confirm ?? (async () => undefined),
    toError: cause => new IMError('STORAGE_IO', 'The medium failed.', { cause }),
    onRepair: repair => repairs.push(repair),
    onFailure: ({ code }) => failures.push(code),
    checkpointLength: options.checkpointLength,
  })
  await journal.open()
  return { journal, places, repairs, failures }
}

describe('Journal', () => {
  it('commits all batches of a turn as one append, and makes them readable when they resolve', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium)
    await Promise.all([1, 2, 3].map(value => journal.write([step('a', value), step(`b${value}`, value)])))
    expect(medium.appends).toBe(1)
    expect(Object.fromEntries(places.texts)).toEqual({ a: '3', b1: '1', b2: '2', b3: '3' })
  })

  it('replays what was committed, and replays it again to the same end', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await journal.write([step('a', 'α\u2028'), step('b', { __proto__: null, x: [1] })])
    await journal.write([step('a', undefined), step('c', null)])
    const second = await run(medium)
    const third = await run(medium, { settled: second.places.texts })
    expect(Object.fromEntries(second.places.texts)).toEqual({ b: '{"x":[1]}', c: 'null' })
    expect(third.places.texts).toEqual(second.places.texts)
  })

  it('replays a whole prefix of the batches wherever the last bytes are torn off', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await journal.write([step('a', 1), step('b', 1)])
    const whole = medium.bytes.length
    await journal.write([step('a', 'ü2'), step('b', 'ü2')])
    const all = medium.bytes
    for (let length = whole; length < all.length; length++) {
      const torn = new TestMedium()
      torn.bytes = all.slice(0, length)
      const { places, repairs } = await run(torn)
      expect(Object.fromEntries(places.texts)).toEqual({ a: '1', b: '1' })
      expect(repairs.map(({ kind }) => kind)).toEqual(length === whole ? [] : ['torn-tail'])
      expect(Buffer.from(torn.bytes)).toEqual(Buffer.from(all.slice(0, whole)))
    }
  })

  it('replays no batch without the one before it, whatever a power cut has left out of an unsynced group', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await Promise.all([journal.write([step('a', 1)]), journal.write([step('b', 1)])])
    for (let at = 0; at < medium.bytes.length; at++) {
      const cut = new TestMedium()
      cut.bytes = medium.bytes.map((byte, index) => (index >= at && index < at + 8 ? 0 : byte))
      expect((await run(cut)).places.texts).toEqual(new Map())
    }
  })

  it('leaves out a record in which any one byte is altered, keeps it, and replays the others', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await journal.write([step('a', 1)])
    const start = medium.bytes.length
    await journal.write([step('b', 'text')])
    const end = medium.bytes.length
    await journal.write([step('c', 3)])
    for (let at = start; at < end - 1; at++) {
      const damaged = new TestMedium()
      damaged.bytes = Uint8Array.from(medium.bytes)
      damaged.bytes[at] = (damaged.bytes[at] ?? 0) ^ 0x01
      const { places, repairs } = await run(damaged)
      expect(Object.fromEntries(places.texts)).toEqual({ a: '1', c: '3' })
      expect(new Set(repairs.map(({ kind }) => kind))).toEqual(new Set(['bad-journal-record']))
      expect(damaged.kept.length).toBeGreaterThan(0)
      expect((await run(damaged)).repairs).toEqual([])
    }
  })

  it('rejects a group whose append fails, and does not let it come back', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium)
    await journal.write([step('a', 1)])
    medium.onAppend = bytes => ({ written: bytes, error: new Error('sync failed') })
    const group = [journal.write([step('a', 2)]), journal.write([step('b', 2)])]
    for (const write of group) await expect(write).rejects.toMatchObject({ code: 'STORAGE_IO' })
    expect(Object.fromEntries((await run(medium)).places.texts)).toEqual({ a: '1' })
    medium.onAppend = bytes => ({ written: bytes })
    await journal.write([step('c', 3)])
    expect(Object.fromEntries(places.texts)).toEqual({ a: '1', c: '3' })
    expect(Object.fromEntries((await run(medium)).places.texts)).toEqual({ a: '1', c: '3' })
  })

  it('rejects a group whose claim cannot be checked, and does not let it come back', async () => {
    const medium = new TestMedium()
    const failures = [new Error('no answer')]
    const confirm = async () => {
      const failure = failures.pop()
      if (failure) throw failure
    }
    const { journal } = await run(medium, { confirm })
    await expect(journal.write([step('a', 1)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    await journal.write([step('b', 2)])
    expect(Object.fromEntries((await run(medium)).places.texts)).toEqual({ b: '2' })
  })

  it('acknowledges nothing until what a failed append has left is gone', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    medium.onAppend = bytes => ({ written: bytes.slice(0, 10), error: new Error('short') })
    medium.onRollback = () => {
      throw new Error('no truncate')
    }
    await expect(journal.write([step('a', 1)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onAppend = bytes => ({ written: bytes })
    await expect(journal.write([step('a', 2)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onRollback = () => undefined
    await journal.write([step('a', 3)])
    const { places, repairs } = await run(medium)
    expect(Object.fromEntries(places.texts)).toEqual({ a: '3' })
    expect(repairs).toEqual([])
  })

  it('refuses a group whose claim is lost after the sync, and every later one, for ever', async () => {
    const medium = new TestMedium()
    let lost = false
    const confirm = async () => {
      if (lost) throw new IMError('STORAGE_FENCED', 'lost')
    }
    const { journal, places } = await run(medium, { confirm })
    lost = true
    await expect(journal.write([step('a', 1)])).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    lost = false
    await expect(journal.write([step('a', 2)])).rejects.toMatchObject({ code: 'STORAGE_FENCED' })
    expect(places.texts.size).toBe(0)
    const bytes = medium.bytes
    await journal.close()
    expect(medium.bytes).toBe(bytes)
  })

  it('empties itself into the places when it has grown, and goes on meanwhile', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium, { checkpointLength: 200 })
    let settling = false
    const released = new EventTarget()
    places.settle = async () => {
      const now = new Map(places.texts)
      settling = true
      await new Promise(resolve => released.addEventListener('go', resolve))
      places.settled = now
    }
    for (let value = 0; !settling; value++) await journal.write([step('a', value)])
    const before = Number(places.texts.get('a'))
    await journal.write([step('b', 'meanwhile')])
    released.dispatchEvent(new Event('go'))
    await journal.write([step('c', 'after')])
    await journal.write([step('d', 'last')])
    expect(places.settled.get('a')).toBe(String(before))
    const replayed = await run(medium)
    expect(Object.fromEntries(replayed.places.texts)).toEqual({ b: '"meanwhile"', c: '"after"', d: '"last"' })
  })

  it('holds writers back at twice its length while the places cannot be settled, and keeps what it has', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium, { checkpointLength: 500 })
    const settle = places.settle
    let settlings = 0
    places.settle = async () => {
      settlings += 1
      throw new IMError('STORAGE_FULL', 'full')
    }
    let acknowledged = 0
    const fill = async () => {
      for (let value = 1; value < 1000; value++) {
        await journal.write([step('a', value)])
        acknowledged = value
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(medium.bytes.length).toBeLessThan(1500)
    const before = settlings
    await setImmediate()
    expect(settlings).toBe(before)
    expect((await run(medium)).places.texts.get('a')).toBe(String(acknowledged))
    places.settle = settle
    await journal.write([step('b', 1)])
    expect(medium.bytes.length).toBeLessThan(200)
    expect(places.settled.get('a')).toBe(String(acknowledged))
  })

  it('tells once that it cannot be emptied, not at every try, and again after it could', async () => {
    const medium = new TestMedium()
    const { journal, failures } = await run(medium, { checkpointLength: 500 })
    const replace = medium.replace.bind(medium)
    let tries = 0
    const refuse = async () => {
      tries += 1
      throw new Error('no')
    }
    for (const told of [1, 2]) {
      medium.replace = refuse
      for (tries = 0; tries < 3; ) await journal.write([step('a', tries)])
      expect(failures).toEqual(Array.from({ length: told }, () => 'STORAGE_IO'))
      medium.replace = replace
      for (let value = 0; medium.bytes.length > 500; value++) await journal.write([step('a', value)])
    }
  })

  it('is empty after it was closed, and holds everything where closing failed', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium)
    const writing = journal.write([step('a', 1)])
    const settle = places.settle
    places.settle = async () => {
      throw new IMError('STORAGE_FULL', 'full')
    }
    await expect(journal.close()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await writing
    expect((await run(medium)).places.texts.get('a')).toBe('1')
    places.settle = settle
    await journal.close()
    expect(medium.bytes.length).toBe(0)
    expect(places.settled.get('a')).toBe('1')
  })

  it('is replaced at every open, so that the handle of a former owner does not reach it', async () => {
    const medium = new TestMedium()
    await (await run(medium)).journal.write([step('a', 1)])
    const before = medium.bytes
    await run(medium)
    expect(medium.bytes).not.toBe(before)
    expect(Buffer.from(medium.bytes)).toEqual(Buffer.from(before))
  })

  it('takes an empty batch without a record', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await journal.write([])
    expect(medium.appends).toBe(0)
  })
})
