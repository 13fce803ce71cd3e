/** Keys: which there are, that each names one place, and how they are ordered. */
import type { Key, KeyPart, StorageEntry } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { del, expectEntries, expectEqual, expectRejection, put } from '../expect.ts'
import { HOSTILE_TEXTS } from '../hostile.ts'
import { sortedKeys } from '../reference.ts'

/** In order: numbers by value, then strings by UTF-16 code units; a prefix before what it begins. */
const ORDERED_TAILS: readonly (readonly KeyPart[])[] = [
  [],
  [-Number.MAX_VALUE],
  [-10],
  [-2],
  [-0.5],
  [0],
  [0, 'below a number'],
  [Number.MIN_VALUE],
  [0.25],
  [1],
  [1.5],
  [2],
  [9],
  [10],
  [10.5],
  [100],
  [Number.MAX_SAFE_INTEGER],
  [1e21],
  [Number.MAX_VALUE],
  [''],
  ['', ''],
  ['\u0000'],
  [' '],
  ['10'],
  ['2'],
  ['A'],
  ['B'],
  ['Z'],
  ['a'],
  ['a', 1],
  ['a', 2],
  ['a', 10],
  ['a', 'b'],
  ['a\u0000'],
  ['a '],
  ['a/b'],
  ['ab'],
  ['b'],
  ['e\u0301'],
  ['z'],
  ['ß'],
  ['é'],
  ['中'],
  ['文'],
  ['\u{10000}'], // two code units from 0xd800 on: before U+E000, against the order of code points and of UTF-8
  ['\ue000'],
  ['\uffff'],
]

const INVALID_KEYS: readonly (readonly [string, unknown])[] = [
  ['no parts', []],
  ['nine parts', ['place', 1, 2, 3, 4, 5, 6, 7, 8]],
  ['a number as its first part', [1, 'a']],
  ['NaN', ['place', Number.NaN]],
  ['Infinity', ['place', Number.POSITIVE_INFINITY]],
  ['null', ['place', null]],
  ['undefined', ['place', undefined]],
  ['a boolean', ['place', true]],
  ['an object', ['place', {}]],
  ['an array', ['place', ['a']]],
  ['text in place of an array', 'place'],
]

/** Cases of keys. */
export const keysCases: readonly ConformanceCase[] = [
  conformanceCase(
    'Keys are listed part by part, numbers before strings, strings by UTF-16 code units.',
    async stage => {
      const storage = await stage.open()
      const entries = ORDERED_TAILS.map((tail, index): StorageEntry => ({ key: ['place', ...tail], value: index }))
      const shuffled = entries.map((_, index) => entries[(index * 29) % entries.length] as StorageEntry)
      for (const { key, value } of shuffled) await storage.write([put(key, value)])
      await expectEntries(storage, ['place'], entries)
      await expectEntries(await stage.reopen(storage), ['place'], entries)
    },
  ),

  conformanceCase('-0 and 0 are one key.', async stage => {
    const storage = await stage.open()
    await storage.write([put(['place', -0], 'minus')])
    await storage.write([put(['place', 0], 'plus')])
    await expectEntries(storage, ['place'], [{ key: ['place', 0], value: 'plus' }])
    expectEqual(await storage.get(['place', -0]), 'plus', 'the value at -0')
  }),

  conformanceCase('Hostile texts name different places, also after the storage is opened again.', async stage => {
    const storage = await stage.open()
    const keys = sortedKeys(HOSTILE_TEXTS.map((text): Key => ['place', text]))
    const entries = keys.map((key, index): StorageEntry => ({ key, value: index }))
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await expectEntries(storage, ['place'], entries)
    await expectEntries(await stage.reopen(storage), ['place'], entries)
  }),

  conformanceCase('Hostile texts are collections of their own.', async stage => {
    const storage = await stage.open()
    const collections = HOSTILE_TEXTS.map((text, index): StorageEntry[] => [
      { key: [text], value: `alone ${index}` },
      { key: [text, 'key'], value: index },
    ])
    for (const entries of collections) await storage.write(entries.map(({ key, value }) => put(key, value)))
    for (const entries of collections) await expectEntries(storage, [entries[0]?.key[0] ?? ''], entries)
    const reopened = await stage.reopen(storage)
    for (const entries of collections) await expectEntries(reopened, [entries[0]?.key[0] ?? ''], entries)
  }),

  conformanceCase('A number and its text are two keys.', async stage => {
    const storage = await stage.open()
    const entries: StorageEntry[] = [
      { key: ['place', 5], value: 'number' },
      { key: ['place', '5'], value: 'text' },
      { key: ['place', '5', 1], value: 'number below text' },
      { key: ['place', '5', '1'], value: 'text below text' },
      { key: ['place', '["5",1]'], value: 'text that looks like a key' },
    ]
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await expectEntries(storage, ['place'], entries)
    await expectEntries(await stage.reopen(storage), ['place'], entries)
  }),

  conformanceCase('Parts are kept apart: no separator joins them into one.', async stage => {
    const storage = await stage.open()
    const separators = ['/', ':', '.', ',', '","', '\u0000', '|', '%2f', '\u001f']
    const keys = sortedKeys(
      separators.flatMap((text): Key[] => [
        ['place', 'a', `b${text}c`],
        ['place', `a${text}b`, 'c'],
      ]),
    )
    const entries = keys.map((key, index): StorageEntry => ({ key, value: index }))
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await expectEntries(storage, ['place'], entries)
  }),

  conformanceCase('A key may have eight parts.', async stage => {
    const storage = await stage.open()
    const entries: StorageEntry[] = [
      { key: ['place', 1, 'b', 2, 'd', 3, 'f', 4], value: 'eight' },
      { key: ['place', 1, 'b', 2, 'd', 3, 'f', 5], value: 'also' },
    ]
    await storage.write(entries.map(({ key, value }) => put(key, value)))
    await expectEntries(storage, ['place'], entries)
    await expectEntries(await stage.reopen(storage), ['place'], entries)
  }),

  conformanceCase('An invalid key is rejected with STORAGE_KEY_INVALID by every method.', async stage => {
    const storage = await stage.open()
    for (const [what, invalid] of INVALID_KEYS) {
      const key = invalid as Key
      await expectRejection(storage.get(key), 'STORAGE_KEY_INVALID', `get with ${what}`)
      await expectRejection(storage.list(key), 'STORAGE_KEY_INVALID', `list with ${what}`)
      await expectRejection(storage.write([put(key, 1)]), 'STORAGE_KEY_INVALID', `put with ${what}`)
      await expectRejection(storage.write([del(key)]), 'STORAGE_KEY_INVALID', `delete with ${what}`)
    }
  }),

  conformanceCase('There is no value where nothing was stored, and deleting there is no error.', async stage => {
    const storage = await stage.open()
    await storage.write([del(['place', 'nothing']), del(['nowhere'])])
    expectEqual(await storage.get(['place', 'nothing']), undefined, 'a value never written')
    expectEqual(await storage.list(['place', 'nothing']), [], 'a listing of nothing')
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expectEqual(await storage.get(['place', name]), undefined, `the value at ${name}`)
      expectEqual(await storage.get([name, name]), undefined, `the value in the collection ${name}`)
    }
  }),
]
