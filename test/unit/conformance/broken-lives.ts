/** Adapters that break a promise about what outlives an instance, and who owns what. */
import { IMError, memoryStorage, type StorageAdapter } from '../../../src/index.ts'
import { type Fault, laterTurn } from './broken-adapter.ts'

/** See the head of this file. */
export const brokenLives: readonly Fault[] = [
  {
    name: 'forgets everything when it is closed',
    caughtBy: ['A second instance reads', 'Every run adds', 'After close the storage is free'],
    break: (inner, disk) => ({
      open: async options => {
        await inner.open(options)
        const collections = [...disk.keys()]
        const all = await Promise.all(collections.map(collection => inner.list([collection])))
        await inner.write(all.flat().map(({ key }) => ({ type: 'delete', key })))
      },
      write: async batch => {
        await inner.write(batch)
        for (const { key } of batch) disk.set(key[0], true)
      },
    }),
  },
  {
    name: 'brings back what was deleted',
    caughtBy: ['What was deleted or overwritten', 'Events can be overwritten'],
    break: (inner, disk) => ({
      open: async options => {
        await inner.open(options)
        await inner.write([...disk.values()] as never)
      },
      write: async batch => {
        for (const { key } of batch.filter(({ type }) => type === 'delete')) {
          const value = await inner.get(key)
          if (value !== undefined) disk.set(JSON.stringify(key), { type: 'put', key, value })
        }
        await inner.write(batch)
      },
    }),
  },
  {
    name: 'acknowledges at close what it then loses',
    caughtBy: ['close waits for the writes'],
    break: inner => {
      let closing = false
      return {
        write: async batch => {
          await laterTurn(1)
          if (!closing) await inner.write(batch)
        },
        close: async () => {
          closing = true
          await laterTurn(50)
          await inner.close()
        },
      }
    },
  },
  {
    name: 'is closed before its writes are settled',
    caughtBy: ['close waits for the writes'],
    break: inner => ({
      write: async batch => {
        await inner.write(batch)
        await laterTurn(100)
      },
    }),
  },
  {
    name: 'lets everybody in',
    caughtBy: ['A second open is refused', 'Of instances opened at once', 'An instance that was refused'],
    break: (inner, disk) => {
      const current = () => (disk.get('owner') ?? inner) as StorageAdapter
      return {
        open: async options => {
          if (disk.has('owner')) return
          disk.set('owner', inner)
          await inner.open(options)
        },
        get: key => current().get(key),
        list: (prefix, options) => current().list(prefix, options),
        write: batch => current().write(batch),
      }
    },
  },
  {
    name: 'looks for an owner before it takes its time',
    caughtBy: ['Of instances opened at once'],
    break: (inner, disk) => {
      let open = false
      return {
        open: async options => {
          if (disk.get('owned')) throw new IMError('STORAGE_LOCKED', 'There is an owner.')
          await laterTurn()
          disk.set('owned', true)
          open = true
          await inner.open(options).catch(() => undefined)
        },
        close: async () => {
          if (open) disk.delete('owned')
          await inner.close()
        },
      }
    },
  },
  {
    name: 'gives up the claim of another',
    caughtBy: ['An instance that was refused', 'close can be called twice'],
    break: (inner, disk) => ({
      open: async options => {
        const owner = disk.get('owner') as StorageAdapter | undefined
        if (owner === undefined) await inner.open(options)
        else throw new IMError('STORAGE_LOCKED', 'There is an owner.')
        disk.set('owner', inner)
      },
      close: async () => {
        const owner = disk.get('owner') as StorageAdapter | undefined
        disk.delete('owner')
        await owner?.close()
      },
    }),
  },
  {
    name: 'never gives its claim up',
    caughtBy: ['After close the storage is free', 'A second instance reads'],
    break: (inner, disk) => ({
      open: async options => {
        if (disk.get('owned')) throw new IMError('STORAGE_LOCKED', 'There is an owner.')
        await inner.open(options)
        disk.set('owned', true)
      },
    }),
  },
  {
    name: 'opens itself at the first call',
    caughtBy: ['Before open every method'],
    break: inner => {
      let open: Promise<void> | undefined
      const opened = () => {
        open ??= inner.open()
        return open
      }
      return {
        open: opened,
        get: async key => opened().then(() => inner.get(key)),
        list: async (prefix, options) => opened().then(() => inner.list(prefix, options)),
        write: async batch => opened().then(() => inner.write(batch)),
      }
    },
  },
  {
    name: 'goes on after it was closed',
    caughtBy: ['After close every method'],
    break: () => {
      const own = memoryStorage()
      return {
        open: () => own.open(),
        get: key => own.get(key),
        list: (prefix, options) => own.list(prefix, options),
        write: batch => own.write(batch),
        close: async () => undefined,
      }
    },
  },
  {
    name: 'cannot be closed twice',
    caughtBy: ['close can be called twice'],
    break: inner => {
      let closed = false
      return {
        close: async () => {
          if (closed) throw new Error('The handle is closed.')
          closed = true
          await inner.close()
        },
      }
    },
  },
  {
    name: 'does not say how durable it is',
    caughtBy: ['An adapter says how durable'],
    break: () => ({ durability: undefined as never }),
  },
]
