/** What is measured in a browser: the adapter, bare `idb` and Dexie, each on databases of its own. Each step gives milliseconds. */
import { Dexie } from 'dexie'
import { deleteDB, type IDBPDatabase, openDB } from 'idb'
import { indexedDBStorage } from 'im-client/adapters/indexeddb'
import { sampleMessage } from '../sample-message.ts'

type Sample = ReturnType<typeof sampleMessage>

/** How many messages are stored, and in batches of how many, each awaited before the next. */
export interface Filling {
  readonly count: number
  readonly batch: number
}

/** How often the newest messages of a conversation are read, and how many of them. */
export interface Reading {
  readonly times: number
  readonly limit: number
  readonly count: number
}

/** A way to store messages and to read the newest. */
interface Side {
  open(name: string): Promise<void>
  store(batch: readonly Sample[]): Promise<unknown>
  newest(limit: number, count: number): Promise<number>
  close(): Promise<void>
}

const CONVERSATION = 'conversation'

const SIDES: Readonly<Record<string, () => Side>> = { adapter: adapterSide, idb: idbSide, dexie: dexieSide }

/** Stores messages in a new database, and deletes it unless it is to be kept. Gives how long the storing took. */
async function fill(side: string, name: string, filling: Filling & { readonly keep: boolean }): Promise<number> {
  const { count, batch, keep } = filling
  const messages = Array.from({ length: count }, (_, index) => sampleMessage(CONVERSATION, index + 1))
  const opened = sideOf(side)
  await opened.open(name)
  const start = performance.now()
  for (let from = 0; from < count; from += batch) await opened.store(messages.slice(from, from + batch))
  const elapsedMs = performance.now() - start
  await opened.close()
  if (!keep) await deleteDB(side === 'adapter' ? `im-client:${name}` : name)
  return elapsedMs
}

/** Reads the newest messages of a database that is filled. Gives how long one reading takes. */
async function read(side: string, name: string, { times, limit, count }: Reading): Promise<number> {
  const opened = sideOf(side)
  await opened.open(name)
  const start = performance.now()
  for (let left = times; left > 0; left--) {
    const found = await opened.newest(limit, count)
    if (found !== limit) throw new Error(`${side} found ${found} messages.`)
  }
  const elapsedMs = performance.now() - start
  await opened.close()
  return elapsedMs / times
}

function sideOf(name: string): Side {
  const make = SIDES[name]
  if (!make) throw new TypeError(`${name} is no side.`)
  return make()
}

function adapterSide(): Side {
  let storage: ReturnType<typeof indexedDBStorage>
  return {
    open: name => {
      storage = indexedDBStorage(name)
      return storage.open()
    },
    store: batch =>
      storage.write(batch.map(value => ({ type: 'put', key: ['events', CONVERSATION, value.seq], value }))),
    newest: async limit => (await storage.list(['events', CONVERSATION], { limit, reverse: true })).length,
    close: () => storage.close(),
  }
}

/** One store with the keys in the values, one strict transaction for each batch, and `getAll` on a range that is known. */
function idbSide(): Side {
  let database: IDBPDatabase
  return {
    open: async name => {
      database = await openDB(name, 1, {
        upgrade: created => void created.createObjectStore('events', { keyPath: ['conversationId', 'seq'] }),
      })
    },
    store: async batch => {
      const transaction = database.transaction('events', 'readwrite', { durability: 'strict' })
      for (const message of batch) transaction.store.put(message)
      await transaction.done
    },
    newest: async (limit, count) => {
      const range = IDBKeyRange.bound([CONVERSATION, count - limit + 1], [CONVERSATION, count])
      return (await database.getAll('events', range)).length
    },
    close: async () => database.close(),
  }
}

function dexieSide(): Side {
  let database: Dexie
  return {
    open: async name => {
      database = new Dexie(name, { chromeTransactionDurability: 'strict' })
      database.version(1).stores({ events: '[conversationId+seq]' })
      await database.open()
    },
    store: batch => database.table('events').bulkPut([...batch]),
    newest: async limit => {
      const all = [
        [CONVERSATION, Dexie.minKey],
        [CONVERSATION, Dexie.maxKey],
      ] as const
      const events = database
        .table('events')
        .where('[conversationId+seq]')
        .between(...all)
      return (await events.reverse().limit(limit).toArray()).length
    },
    close: async () => database.close(),
  }
}

Object.assign(globalThis, { bench: { fill, read } })
