/** Adapters that break a promise of `write`: atomicity, order, copies, values. */
import type { Json, WriteOperation } from '../../../src/index.ts'
import { changingValues, type Fault, laterTurn } from './broken-adapter.ts'

/** See the head of this file. */
export const brokenWrites: readonly Fault[] = [
  {
    name: 'writes a batch step by step',
    caughtBy: [
      'A batch with an invalid key',
      'A batch with an invalid value',
      'Events and documents of one batch',
      'A read beside a write',
    ],
    break: inner => ({
      write: async batch => {
        for (const operation of batch) {
          await inner.write([operation])
          await laterTurn()
        }
      },
    }),
  },
  {
    name: 'accepts nothing after a rejected batch',
    caughtBy: ['A rejected batch does not keep'],
    break: inner => {
      let poison: Promise<void> | undefined
      const write = (batch: readonly WriteOperation[]) => {
        const result = poison ?? inner.write(batch)
        result.catch(() => {
          poison = result
        })
        return result
      }
      return { write }
    },
  },
  {
    name: 'refuses an empty batch',
    caughtBy: ['An empty batch'],
    break: inner => ({
      write: async batch => {
        if (batch.length === 0) throw new RangeError('An empty transaction.')
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'lets small batches overtake large ones',
    caughtBy: ['Writes settle in the order'],
    break: inner => ({
      write: async batch => {
        await inner.write(batch)
        await laterTurn(batch.length)
      },
    }),
  },
  {
    name: 'takes the writes of one turn in the wrong order',
    caughtBy: ['Of writes to one key', 'Five hundred writes'],
    break: inner => {
      let waiting: (() => void)[] = []
      const flush = async () => {
        await laterTurn(1)
        const tasks = waiting.reverse()
        waiting = []
        for (const task of tasks) task()
      }
      return {
        write: batch =>
          new Promise((resolve, reject) => {
            if (waiting.length === 0) void flush()
            waiting.push(() => inner.write(batch).then(resolve, reject))
          }),
      }
    },
  },
  {
    name: 'lets the first step on a key win',
    caughtBy: ['A later step of a batch wins'],
    break: inner => ({
      write: batch => {
        const first = new Map(batch.toReversed().map(operation => [JSON.stringify(operation.key), operation]))
        return inner.write([...first.values()])
      },
    }),
  },
  {
    name: 'acknowledges before it writes',
    caughtBy: ['A read begun after a write'],
    break: inner => {
      const late = async (batch: readonly WriteOperation[]) => {
        await laterTurn(20)
        await inner.write(batch)
      }
      return {
        write: async batch => {
          late(batch).catch(() => undefined)
        },
      }
    },
  },
  {
    name: 'writes large batches later than it says',
    caughtBy: ['When a write has resolved'],
    break: inner => ({
      write: async batch => {
        if (batch.length > 100) await laterTurn(100)
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'drops what its queue has no room for',
    caughtBy: ['Five hundred writes'],
    break: inner => {
      let waiting = 0
      return {
        write: async batch => {
          if (waiting >= 256) return
          waiting++
          await laterTurn(2)
          await inner.write(batch)
          waiting--
        },
      }
    },
  },
  {
    name: 'encodes what it was given too late',
    caughtBy: ['Changing what was written'],
    break: inner => ({
      write: async batch => {
        await laterTurn(1)
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'keeps the value that get gave in a cache',
    caughtBy: ['Changing what get gave'],
    break: inner => {
      const cache = new Map<string, Json | undefined>()
      return {
        get: async key => {
          const name = JSON.stringify(key)
          if (!cache.has(name)) cache.set(name, await inner.get(key))
          return cache.get(name)
        },
        write: async batch => {
          cache.clear()
          await inner.write(batch)
        },
      }
    },
  },
  {
    name: 'keeps the listing that it gave in a cache',
    caughtBy: ['Changing what list gave'],
    break: inner => {
      const cache = new Map<string, Awaited<ReturnType<typeof inner.list>>>()
      return {
        list: async (prefix, options) => {
          const name = JSON.stringify([prefix, options])
          const listing = cache.get(name) ?? (await inner.list(prefix, options))
          cache.set(name, listing)
          return listing
        },
        write: async batch => {
          cache.clear()
          await inner.write(batch)
        },
      }
    },
  },
  {
    name: 'rejects the deletion of what is not there',
    caughtBy: ['There is no value where nothing'],
    break: inner => ({
      write: async batch => {
        for (const { type, key } of batch) {
          if (type === 'delete' && (await inner.get(key)) === undefined) throw new Error('ENOENT')
        }
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'loses own properties called __proto__',
    caughtBy: ['Every JSON value', 'A value with an own __proto__'],
    break: changingValues(assigned),
  },
  {
    name: 'replaces lone surrogates',
    caughtBy: ['Every JSON value'],
    break: changingValues((value: Json) => JSON.parse(JSON.stringify(value).replaceAll(/\\ud[89a-f]../g, '\ufffd'))),
  },
  {
    name: 'takes null for nothing',
    caughtBy: ['An existing null', 'Every JSON value'],
    break: changingValues((value: Json) => value ?? undefined),
  },
  {
    name: 'writes what is not JSON as something else',
    caughtBy: ['What is not JSON is rejected'],
    break: inner => ({
      write: batch =>
        inner.write(batch.map(step => (step.type === 'put' ? { ...step, value: forced(step.value) } : step))),
    }),
  },
]

/** What a copy by assignment makes of a value. */
function assigned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(assigned)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) copy[name] = assigned(item)
  return copy
}

function forced(value: unknown): Json {
  return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item)) ?? 'null')
}
