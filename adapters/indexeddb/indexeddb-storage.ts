/** The storage contract on IndexedDB: composes the claim, the connection and group commit. */
import {
  CommitQueue,
  type EncodedOperation,
  encodeOperation,
  IMError,
  type Json,
  type Key,
  type ListOptions,
  type OpenOptions,
  requireKey,
  type StorageAdapter,
  type StorageEntry,
  systemRandom,
  type Views,
  type WriteOperation,
} from '../../src/index.ts'
import { type Claim, takeClaim } from './claim.ts'
import { Connection } from './connection.ts'
import { raiseFence } from './fence.ts'
import { parseEntry } from './layout.ts'
import { askToPersist } from './persistence.ts'
import { listRecords, readRecord, writeRecords } from './records.ts'
import { TabLock } from './tab-lock.ts'
import { tabViews } from './views.ts'

/** Options of {@link indexedDBStorage}. */
export interface IndexedDBStorageOptions {
  /**
   * `strict` (default): what was written survives a power cut, as far as the browser and the disk keep their word.
   * `relaxed`: it survives the end of the browser's process, and is written faster.
   */
  readonly durability?: 'strict' | 'relaxed'
}

const LOSS = 'The browser has found the database damaged, and deleted it. What the server has comes back from there.'

/** What is there while the storage is open. */
interface Opened {
  readonly claim: Claim
  readonly connection: Connection
  readonly queue: CommitQueue<readonly EncodedOperation[], void>
  /** Why nothing is written any more. */
  lost?: IMError
}

/**
 * Storage in a browser's database `im-client:{name}`, which all tabs of an origin share and one owns: see
 * `docs/storage.md`. Nothing is touched before `open`.
 */
export function indexedDBStorage(name: string, options: IndexedDBStorageOptions = {}): StorageAdapter {
  if (typeof name !== 'string' || name === '') throw new TypeError('The name of the storage is a text.')
  return new IndexedDBStorage(`im-client:${name}`, options.durability ?? 'strict')
}

class IndexedDBStorage implements StorageAdapter {
  readonly durability: 'strict' | 'relaxed'
  /** None where the browser has no locks or no channels: then the storage is for a single tab. */
  readonly views: Views | undefined
  readonly #name: string
  readonly #lock: TabLock
  #opened: Opened | undefined
  #closing: Promise<void> | undefined

  constructor(name: string, durability: 'strict' | 'relaxed') {
    this.#name = name
    this.durability = durability
    this.#lock = new TabLock(name)
    this.views = tabViews(this.#lock)
  }

  async open({ onLost, onRepair }: OpenOptions = {}): Promise<void> {
    const connection = new Connection(this.#name, () =>
      onRepair?.({ kind: 'database-lost', place: this.#name, message: LOSS }),
    )
    try {
      this.#opened = await named(this.#openOn(connection, onLost))
      this.#closing = undefined
      askToPersist()
    } catch (error) {
      connection.close()
      throw error
    }
  }

  get(key: Key): Promise<Json | undefined> {
    return this.#read(key, async database => {
      const text = await readRecord(database, key)
      return text === undefined ? undefined : parseEntry(text).value
    })
  }

  list(prefix: Key, options: ListOptions = {}): Promise<StorageEntry[]> {
    return this.#read(prefix, async database => (await listRecords(database, prefix, options)).map(parseEntry))
  }

  async write(batch: readonly WriteOperation[]): Promise<void> {
    const { queue } = this.#require()
    await named(queue.add(batch.map(encodeOperation)))
  }

  close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened) this.#closing = closeAll(opened)
    return this.#closing ?? Promise.resolve()
  }

  async #openOn(connection: Connection, onLost: OpenOptions['onLost']): Promise<Opened> {
    const { durability } = this
    const nonce = String(systemRandom.bytes(16))
    const raise = async () => {
      const epoch = await connection.run(database => raiseFence(database, nonce))
      connection.mark = { epoch, nonce }
    }
    const write = async (operations: readonly EncodedOperation[]) => {
      const { epoch = 0 } = connection.mark ?? {}
      await connection.run(database => writeRecords(database, operations, { epoch, durability }))
    }
    const claim = await takeClaim(this.#lock, { raise, confirm: () => write([]), rest: () => connection.rest() })
    const commit = async (batches: readonly (readonly EncodedOperation[])[]) => {
      if (opened.lost) throw opened.lost
      await write(batches.flat())
      return []
    }
    const queue = new CommitQueue<readonly EncodedOperation[], void>(commit)
    const opened: Opened = { claim, connection, queue }
    claim.onLost(error => {
      opened.lost = error
      onLost?.(error)
    })
    return opened
  }

  async #read<T>(key: Key, work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    const { connection } = this.#require()
    requireKey(key)
    return await named(connection.run(work))
  }

  #require(): Opened {
    if (!this.#opened) throw new IMError('STORAGE_CLOSED', 'The storage is not open.')
    return this.#opened
  }
}

async function closeAll({ claim, connection, queue }: Opened): Promise<void> {
  await queue.idle()
  connection.close()
  await claim.release()
}

/** A step whose failure carries a code of this house. */
async function named<T>(step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    throw (await import('./storage-error.ts')).storageError(error)
  }
}
