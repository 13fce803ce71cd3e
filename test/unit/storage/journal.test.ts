import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { IMError } from '../../../src/errors.ts'
import { run, step, TestMedium } from '../../support/journal-run.ts'

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
    const refuse = () => {
      throw new Error('no')
    }
    medium.onRollback = refuse
    medium.onReplace = refuse
    await expect(journal.write([step('a', 1)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onAppend = bytes => ({ written: bytes })
    await expect(journal.write([step('a', 2)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onReplace = () => undefined
    await journal.write([step('a', 3)])
    const { places, repairs } = await run(medium)
    expect(Object.fromEntries(places.texts)).toEqual({ a: '3' })
    expect(repairs).toEqual([])
  })

  it('is read back and put down anew before it is trusted again, after an append that failed', async () => {
    const medium = new TestMedium()
    const { journal } = await run(medium)
    await journal.write([step('a', 1)])
    const replacements: string[] = []
    medium.onReplace = text => replacements.push(text)
    medium.onAppend = bytes => ({ written: bytes, error: new Error('sync failed') })
    await expect(journal.write([step('b', 2)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onAppend = bytes => ({ written: bytes })
    await journal.write([step('c', 3)])
    await journal.write([step('d', 4)])
    expect(replacements).toHaveLength(1)
    expect(Object.fromEntries((await run(medium)).places.texts)).toEqual({ a: '1', c: '3', d: '4' })
  })

  it('is emptied into the places where what is read back lacks something', async () => {
    const medium = new TestMedium()
    const { journal, places } = await run(medium)
    for (const value of [1, 2, 3]) await journal.write([step(`a${value}`, value)])
    const lines = Buffer.from(medium.bytes).toString().split('\n')
    medium.onAppend = () => ({ written: new Uint8Array(), error: new Error('sync failed') })
    medium.onRollback = () => {
      medium.bytes = Buffer.from(`${lines[0]}\n${lines[2]}\n`) // the second is gone
    }
    await expect(journal.write([step('b', 1)])).rejects.toMatchObject({ code: 'STORAGE_IO' })
    medium.onAppend = bytes => ({ written: bytes })
    await journal.write([step('c', 1)])
    expect(Object.fromEntries(places.settled)).toEqual({ a1: '1', a2: '2', a3: '3' })
    expect(Object.fromEntries((await run(medium)).places.texts)).toEqual({ c: '1' })
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
