/** Listing: prefixes, bounds, limits and direction. */
import type { Key, KeyPart, ListOptions, StorageAdapter } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase, type Stage } from '../case.ts'
import { expectEqual, expectThat, put } from '../expect.ts'

const MANY = 10_000
const PAGE = 700

/** Cases of listing. */
export const listingCases: readonly ConformanceCase[] = [
  conformanceCase('A prefix matches whole parts, and its own key.', async stage => {
    const keys: Key[] = [['ab'], ['ab', 'c'], ['ab', 'c', 1], ['ab', 'cd'], ['ab', 'cd', 1], ['abc', 'c'], ['a', 'b']]
    const storage = await filled(stage, keys)
    expectEqual(
      await keysOf(storage, ['ab', 'c']),
      [
        ['ab', 'c'],
        ['ab', 'c', 1],
      ],
      'the listing of ab, c',
    )
    expectEqual((await keysOf(storage, ['ab'])).length, 5, 'the number of entries below ab')
    expectEqual(await keysOf(storage, ['ab', 'c', 1]), [['ab', 'c', 1]], 'the listing of a whole key')
    expectEqual(await keysOf(storage, ['a']), [['a', 'b']], 'the listing of a')
    expectEqual(await keysOf(storage, ['']), [], 'the listing of an empty name')
  }),

  conformanceCase('A prefix of a number matches that number alone.', async stage => {
    const storage = await filled(stage, [
      ['place', 1],
      ['place', 1, 'a'],
      ['place', 10],
      ['place', '1', 'a'],
    ])
    expectEqual(
      await keysOf(storage, ['place', 1]),
      [
        ['place', 1],
        ['place', 1, 'a'],
      ],
      'the listing of 1',
    )
    expectEqual(await keysOf(storage, ['place', '1']), [['place', '1', 'a']], 'the listing of the text 1')
  }),

  conformanceCase('Bounds are exclusive.', async stage => {
    const storage = await numbered(stage)
    expectEqual(await tails(storage, { after: ['place', 3] }), [4, 5, 6], 'after 3')
    expectEqual(await tails(storage, { before: ['place', 3] }), [1, 2], 'before 3')
    expectEqual(await tails(storage, { after: ['place', 2], before: ['place', 5] }), [3, 4], 'between 2 and 5')
    expectEqual(await tails(storage, { after: ['place', 3], before: ['place', 4] }), [], 'between 3 and 4')
    expectEqual(await tails(storage, { after: ['place', 4], before: ['place', 2] }), [], 'bounds that have crossed')
  }),

  conformanceCase('Bounds need not exist, nor lie below the prefix.', async stage => {
    const storage = await numbered(stage)
    expectEqual(await tails(storage, { after: ['place', 2.5], before: ['place', 4.5] }), [3, 4], 'between fractions')
    expectEqual(await tails(storage, { after: ['place', 0], before: ['place', 'a'] }), [1, 2, 3, 4, 5, 6], 'all')
    expectEqual(await tails(storage, { after: ['pla'], before: ['zebra'] }), [1, 2, 3, 4, 5, 6], 'bounds far away')
    expectEqual(await tails(storage, { after: ['zebra'] }), [], 'after everything')
    expectEqual(await tails(storage, { before: ['apple'] }), [], 'before everything')
    expectEqual(await tails(storage, { after: ['place', 3, 'below'] }), [4, 5, 6], 'after a longer key')
    expectEqual(await tails(storage, { before: ['place', 3, 'below'] }), [1, 2, 3], 'before a longer key')
    expectEqual(await tails(storage, { after: ['place'] }), [1, 2, 3, 4, 5, 6], 'after the prefix itself')
    expectEqual(await tails(storage, { before: ['place'] }), [], 'before the prefix itself')
  }),

  conformanceCase('A limit takes the first entries.', async stage => {
    const storage = await numbered(stage)
    expectEqual(await tails(storage, { limit: 2 }), [1, 2], 'two')
    expectEqual(await tails(storage, { limit: 2, after: ['place', 3] }), [4, 5], 'two after 3')
    expectEqual(await tails(storage, { limit: 100 }), [1, 2, 3, 4, 5, 6], 'more than there are')
    expectEqual(await tails(storage, { limit: 0 }), [], 'none')
  }),

  conformanceCase('A reversed listing descends, and its limit takes the last entries.', async stage => {
    const storage = await numbered(stage)
    expectEqual(await tails(storage, { reverse: true }), [6, 5, 4, 3, 2, 1], 'all')
    expectEqual(await tails(storage, { reverse: true, limit: 2 }), [6, 5], 'the last two')
  }),

  conformanceCase('Bounds of a reversed listing keep their sense.', async stage => {
    const storage = await numbered(stage)
    expectEqual(await tails(storage, { reverse: true, before: ['place', 4] }), [3, 2, 1], 'before 4')
    expectEqual(await tails(storage, { reverse: true, after: ['place', 4] }), [6, 5], 'after 4')
    expectEqual(await tails(storage, { reverse: true, before: ['place', 4], limit: 1 }), [3], 'the last before 4')
    expectEqual(await tails(storage, { reverse: true, before: ['place', 4.5], limit: 2 }), [4, 3], 'two before 4.5')
    expectEqual(await tails(storage, { reverse: true, before: ['zebra'] }), [6, 5, 4, 3, 2, 1], 'before what is far')
  }),

  conformanceCase('Pages of ten thousand entries give each entry once.', async stage => {
    const storage = await stage.open()
    const batch = Array.from({ length: MANY }, (_, index) => put(['place', index], index))
    await storage.write(batch)
    expectEqual((await storage.list(['place'])).length, MANY, 'the number of entries without a limit')
    await checkPages(storage, false)
    await checkPages(storage, true)
  }),
]

async function checkPages(storage: StorageAdapter, reverse: boolean): Promise<void> {
  const seen: number[] = []
  for (let last: Key | undefined; ; ) {
    const bound = last && (reverse ? { before: last } : { after: last })
    const page = await storage.list(['place'], { limit: PAGE, reverse, ...bound })
    if (page.length === 0) break
    expectThat(page.length <= PAGE && seen.length <= MANY, 'A page was larger than its limit, or paging has no end.')
    seen.push(...page.map(({ value }) => value as number))
    last = page.at(-1)?.key
  }
  const expected = Array.from({ length: MANY }, (_, index) => (reverse ? MANY - 1 - index : index))
  expectEqual(seen, expected, reverse ? 'the pages backwards' : 'the pages')
}

async function filled(stage: Stage, keys: readonly Key[]): Promise<StorageAdapter> {
  const storage = await stage.open()
  await storage.write(keys.map((key, index) => put(key, index)))
  return storage
}

/** Six numbered entries, with neighbours on both sides that a listing must not run into. */
async function numbered(stage: Stage): Promise<StorageAdapter> {
  return await filled(stage, [
    ['pla', 9],
    ['place', 4],
    ['place', 2],
    ['place', 6],
    ['place', 1],
    ['place', 5],
    ['place', 3],
    ['places', 0],
  ])
}

async function keysOf(storage: StorageAdapter, prefix: Key): Promise<Key[]> {
  return (await storage.list(prefix)).map(({ key }) => key)
}

async function tails(storage: StorageAdapter, options: ListOptions): Promise<(KeyPart | undefined)[]> {
  return (await storage.list(['place'], options)).map(({ key }) => key[1])
}
