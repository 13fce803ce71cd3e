/** The connection to the database: opened when it is needed, dropped when it is broken. */
import { openDB, unwrap } from 'idb'
import { IMError } from '../../src/index.ts'
import { fenced, isMarked, type Mark } from './fence.ts'
import { beginFreshLog } from './fresh-log.ts'
import { ENTRIES, LAYOUT_VERSION, META } from './layout.ts'

/** How long to wait before a broken connection is replaced: at once, the browser is as broken as it was. */
const REOPEN_DELAY_MS = 100

/** The one connection of an owner. */
export class Connection {
  readonly #name: string
  readonly #onLoss: () => void
  #opening: Promise<IDBDatabase> | undefined
  /** Where this is the owner's: what tells its database from one that was made anew under its name. */
  mark: Mark | undefined
  #closed = false

  /** `onLoss` is told when the browser has deleted what was in the database, since it found it damaged. */
  constructor(name: string, onLoss: () => void) {
    this.#name = name
    this.#onLoss = onLoss
  }

  /**
   * Works on the database. Where the connection turns out to be broken, it is replaced, and the work is done once more
   * from its beginning: it must be such that this does no harm.
   */
  async run<T>(work: (database: IDBDatabase) => Promise<T>): Promise<T> {
    const opening = this.#open()
    try {
      return await work(await opening)
    } catch (error) {
      if (!isBroken(error)) throw error
      this.#drop(opening)
    }
    await new Promise(resolve => setTimeout(resolve, REOPEN_DELAY_MS))
    return await work(await this.#open())
  }

  /** Closes the database once its transactions have ended. The next use opens it again. */
  rest(): void {
    this.#drop(this.#opening)
  }

  /** The same for good. */
  close(): void {
    this.#closed = true
    this.rest()
  }

  #open(): Promise<IDBDatabase> {
    if (this.#closed) throw new IMError('STORAGE_CLOSED', 'The storage is not open.')
    if (this.#opening) return this.#opening
    const opening = this.#connect(() => this.#drop(opening))
    this.#opening = opening
    return opening
  }

  /** A database that is gone is not made again under an owner who knew it: the owner's memory would not fit it. */
  async #connect(drop: () => void): Promise<IDBDatabase> {
    const { mark } = this
    let gone = false
    try {
      await beginFreshLog(this.#name, this.#onLoss)
      const database = await openDB(this.#name, LAYOUT_VERSION, {
        upgrade: (database, _oldVersion, _newVersion, transaction) => {
          gone = !!mark
          if (gone) {
            transaction.done.catch(() => undefined)
            transaction.abort()
          } else for (const name of [ENTRIES, META]) database.createObjectStore(name)
        },
        // A newer version wants to change the database, or somebody to delete it. What comes of it shows at the next use.
        blocking: drop,
        terminated: drop,
      })
      if (!mark || (await isMarked(unwrap(database), mark))) return unwrap(database)
      database.close()
      throw deleted()
    } catch (error) {
      drop()
      throw gone ? deleted() : error
    }
  }

  #drop(opening: Promise<IDBDatabase> | undefined): void {
    if (this.#opening === opening) this.#opening = undefined
    opening?.then(database => database.close()).catch(() => undefined)
  }
}

function deleted(): IMError {
  return fenced('The database was deleted while it was open.')
}

/**
 * Whether a failure is that of the connection, not of what was asked for: browsers lose it when they clear data, when
 * their storage process ends, or when a page sleeps. A transaction that they abort may give no reason.
 */
function isBroken(error: unknown): boolean {
  return /^(InvalidState|Unknown|Abort)Error$/.test((error as Error | null)?.name ?? 'AbortError')
}
