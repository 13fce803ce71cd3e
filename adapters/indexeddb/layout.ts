/**
 * What is in the database: a store `entries` from keys to texts, and a store `meta` for the marks of its owners. Keys are those of the
 * contract as they are: IndexedDB has the same order. A record's text is the JSON of its key and value, so that one request
 * gives both, and every adapter reads back the same value.
 */
import type { Json, Key, ListOptions, StorageEntry } from '../../src/index.ts'

/** The version of this layout. A browser refuses to open a database of a higher one. */
export const LAYOUT_VERSION = 1

/** The store of all entries. */
export const ENTRIES = 'entries'

/** The store of what is about the database itself: see `fence.ts`. */
export const META = 'meta'

/** A key as it is stored. WebKit keeps -0 and 0 apart, against the standard. */
export function storedKey(key: Key): IDBValidKey {
  return key.map(part => (part === 0 ? 0 : part))
}

/** The keys of a listing, or `undefined` where its bounds leave none. Arrays sort after every part: `[]` ends a prefix. */
export function keyRange(prefix: Key, { after, before }: ListOptions): IDBKeyRange | undefined {
  const first = storedKey(prefix) as IDBValidKey[]
  const end = [...first, []]
  const [low, high] = [after && storedKey(after), before && storedKey(before)]
  const lower = low && indexedDB.cmp(low, first) >= 0 ? low : first
  const upper = high && indexedDB.cmp(high, end) < 0 ? high : end
  return indexedDB.cmp(lower, upper) < 0 ? IDBKeyRange.bound(lower, upper, lower === low, true) : undefined
}

/** The entry that a record's text holds. Throws a `SyntaxError` or a `TypeError` where it holds none. */
export function parseEntry(text: string): StorageEntry {
  const [key, value] = JSON.parse(text) as [Key, Json]
  return { key, value }
}
