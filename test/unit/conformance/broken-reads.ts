/** Adapters that break a promise of keys, of the event log or of `list`. */
import type { Key, KeyPart, ListOptions, StorageEntry } from '../../../src/index.ts'
import { type Break, changingKeys, type Fault } from './broken-adapter.ts'

/** See the head of this file. */
export const brokenReads: readonly Fault[] = [
  {
    name: 'sorts texts by the rules of a language',
    caughtBy: ['Keys are listed part by part', 'Random writes'],
    break: sorting((a, b) => (typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : plain(a, b))),
  },
  {
    name: 'sorts numbers as texts',
    caughtBy: ['Keys are listed part by part', 'Events are listed by sequence', 'Random writes'],
    break: sorting((a, b) => plain(String(a), String(b))),
  },
  {
    name: 'sorts texts by code points',
    caughtBy: ['Keys are listed part by part'],
    break: sorting((a, b) => (typeof a === 'string' && typeof b === 'string' ? byCodePoint(a, b) : plain(a, b))),
  },
  {
    name: 'tells -0 from 0',
    caughtBy: ['-0 and 0 are one key'],
    break: changingKeys(part => (Object.is(part, -0) ? 'minus zero' : part)),
  },
  {
    name: 'ignores case',
    caughtBy: [
      'Hostile texts name different places',
      'Hostile texts are collections',
      'Conversations with hostile names',
      'Random writes',
    ],
    break: changingKeys(part => (typeof part === 'string' ? part.toLowerCase() : part)),
  },
  {
    name: 'brings texts to one Unicode form',
    caughtBy: ['Hostile texts name different places', 'Conversations with hostile names'],
    break: changingKeys(part => (typeof part === 'string' ? part.normalize('NFC') : part)),
  },
  {
    name: 'cuts long names',
    caughtBy: ['Hostile texts name different places', 'Hostile texts are collections'],
    break: changingKeys(part => (typeof part === 'string' ? part.slice(0, 255) : part)),
  },
  {
    name: 'takes a number and its text for one',
    caughtBy: ['A number and its text', 'A prefix of a number', 'Random writes'],
    break: changingKeys(part => (typeof part === 'string' && /^\d+$/.test(part) ? Number(part) : part)),
  },
  { name: 'joins parts with a separator', caughtBy: ['Parts are kept apart'], break: joiningParts('/') },
  {
    name: 'takes keys of at most four parts',
    caughtBy: ['A key may have eight parts'],
    break: inner => ({
      write: async batch => {
        if (batch.some(({ key }) => key.length > 4)) throw new RangeError('The key is too long.')
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'repairs invalid keys in silence',
    caughtBy: ['An invalid key is rejected', 'A batch with an invalid key'],
    break: changingKeys(part => (typeof part === 'number' && !Number.isFinite(part) ? 0 : part)),
  },
  {
    name: 'finds what every object inherits',
    caughtBy: ['There is no value where nothing'],
    break: inner => ({
      get: async key => (await inner.get(key)) ?? ({} as Record<string, never>)[String(key.at(-1))],
    }),
  },
  {
    name: 'matches part of a part',
    caughtBy: ['A prefix matches whole parts', 'Random writes'],
    break: listing((all, prefix) =>
      all.filter(({ key }) => prefix.every((part, index) => String(key[index] ?? '').startsWith(String(part)))),
    ),
  },
  {
    name: 'matches the digits of a number',
    caughtBy: ['A prefix of a number'],
    break: listing((all, prefix) =>
      all.filter(({ key }) =>
        prefix.every((part, index) =>
          typeof part === 'number' ? String(key[index]).startsWith(String(part)) : part === key[index],
        ),
      ),
    ),
  },
  {
    name: 'leaves the prefix itself out',
    caughtBy: ['A prefix matches whole parts', 'Random writes'],
    break: inner => ({
      list: async (prefix, options) =>
        (await inner.list(prefix, options)).filter(({ key }) => key.length > prefix.length),
    }),
  },
  {
    name: 'includes the bounds',
    caughtBy: ['Bounds are exclusive', 'Pages of ten thousand', 'Pages of a log'],
    break: inner => ({
      list: async (prefix, options = {}) => {
        const { after, before } = options
        const bounds = [after, before].filter(bound => bound !== undefined)
        const values = await Promise.all(bounds.map(async key => ({ key, value: await inner.get(key) })))
        const found = values.filter(entry => entry.value !== undefined) as StorageEntry[]
        return [...found, ...(await inner.list(prefix, options))].slice(0, options.limit)
      },
    }),
  },
  {
    name: 'ignores before',
    caughtBy: ['Bounds are exclusive', 'Bounds of a reversed listing', 'Random writes'],
    break: inner => ({ list: (prefix, { before: _, ...options } = {}) => inner.list(prefix, options) }),
  },
  {
    name: 'lists nothing after a bound that does not exist',
    caughtBy: ['Bounds need not exist'],
    break: inner => ({
      list: async (prefix, options = {}) => {
        const missing = options.after && (await inner.get(options.after)) === undefined
        return missing ? [] : await inner.list(prefix, options)
      },
    }),
  },
  {
    name: 'takes a limit of 0 for none',
    caughtBy: ['A limit takes the first', 'Random writes'],
    break: inner => ({
      list: (prefix, { limit, ...options } = {}) => inner.list(prefix, limit ? { ...options, limit } : options),
    }),
  },
  {
    name: 'takes the limit before it reverses',
    caughtBy: ['A reversed listing descends', 'Bounds of a reversed listing', 'Random writes'],
    break: inner => ({
      list: async (prefix, { reverse = false, ...options } = {}) => {
        const entries = await inner.list(prefix, options)
        return reverse ? entries.reverse() : entries
      },
    }),
  },
  {
    name: 'never lists more than a thousand entries',
    caughtBy: ['Pages of ten thousand'],
    break: inner => ({
      list: (prefix, options = {}) => inner.list(prefix, { ...options, limit: Math.min(1000, options.limit ?? 1000) }),
    }),
  },
  {
    name: 'only ever appends events',
    caughtBy: ['Events can be overwritten and deleted'],
    break: inner => ({
      write: batch => inner.write(batch.filter(({ type, key }) => type === 'put' || key[0] !== 'events')),
    }),
  },
  {
    name: 'lists events as they came',
    caughtBy: ['Events are listed by sequence'],
    break: (inner, disk) => ({
      write: async batch => {
        await inner.write(batch)
        for (const { key } of batch) disk.set(JSON.stringify(key), true)
      },
      list: async (prefix, options) => {
        const entries = await inner.list(prefix, options)
        const came = [...disk.keys()]
        return entries.sort((a, b) => came.indexOf(JSON.stringify(a.key)) - came.indexOf(JSON.stringify(b.key)))
      },
    }),
  },
  {
    name: 'is wrong in the middle of a log',
    caughtBy: ['Pages of a log'],
    break: inner => ({
      list: async (prefix, options = {}) => {
        const entries = await inner.list(prefix, options)
        return options.before && options.reverse && prefix[0] === 'events' ? entries.slice(1) : entries
      },
    }),
  },
  {
    name: 'takes anything for an event',
    caughtBy: ['What is no event', 'Events and documents of one batch'],
    break: changingKeys(part => (part === 'events' ? 'anything' : part)),
  },
]

function plain(a: KeyPart, b: KeyPart): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [a, b].map(text => Array.from(text, char => char.codePointAt(0) ?? 0))
  const different = left?.findIndex((point, index) => point !== right?.[index]) ?? -1
  return different < 0 ? a.length - b.length : (left?.[different] ?? 0) - (right?.[different] ?? -1)
}

/** Breaks the order of listings without options. */
function sorting(compare: (a: KeyPart, b: KeyPart) => number): Break {
  const compareKeys = (a: Key, b: Key): number => {
    for (const [index, part] of a.entries()) {
      const other = b[index]
      const order = other === undefined ? 1 : compare(part, other)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  return inner => ({
    list: async (prefix, options = {}) => {
      const entries = await inner.list(prefix, options)
      return options.reverse ? entries : entries.sort((a, b) => compareKeys(a.key, b.key))
    },
  })
}

/** Breaks which entries are below a prefix. */
function listing(select: (all: StorageEntry[], prefix: Key, options: ListOptions) => StorageEntry[]): Break {
  return (inner, disk) => ({
    write: async batch => {
      await inner.write(batch)
      for (const { key } of batch) disk.set(key[0], true)
    },
    list: async (prefix, options = {}) => {
      const collections = [...disk.keys()].sort()
      const all = await Promise.all(collections.map(collection => inner.list([collection], options)))
      return select(all.flat(), prefix, options)
    },
  })
}

/** Breaks keys: everything behind the collection becomes one text. */
function joiningParts(separator: string): Break {
  const join = (key: Key): Key => (key.length > 2 ? [key[0], key.slice(1).join(separator)] : key)
  return inner => ({
    get: key => inner.get(join(key)),
    write: batch => inner.write(batch.map(operation => ({ ...operation, key: join(operation.key) }))),
  })
}
