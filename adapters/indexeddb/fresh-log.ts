/**
 * Chromium keeps a site's databases in LevelDB, and goes on in the log that it finds when it opens one. A record that a kill
 * or a full disk has cut short is harmless at the log's end, but not in its middle: when the database is opened for the
 * second time after that, it is found damaged, and Chromium deletes all of it. So an owner makes it begin a new log first.
 */
import { deleteDB, type OpenDBCallbacks, openDB } from 'idb'

/** How the one browser can be told that does this: it announces what it has deleted. */
interface LossEvent {
  readonly dataLoss?: 'none' | 'total'
}

type Upgrade = NonNullable<OpenDBCallbacks<unknown>['upgrade']>

/** The helper is in nobody's way, unless a page that is stopped holds it open. */
const LIMIT_MS = 300

/**
 * Makes the browser begin a new log, in a few milliseconds: it compacts when a database is deleted, whichever it is.
 * `onLoss` is told where it has deleted everything before. Never rejects: where this fails, nothing is worse than before.
 */
export async function beginFreshLog(name: string, onLoss: () => void): Promise<void> {
  if (!('dataLoss' in IDBVersionChangeEvent.prototype)) return
  const begin = async () => {
    const upgrade = (...[, , , , event]: Parameters<Upgrade>) => {
      if ((event as LossEvent).dataLoss === 'total') onLoss()
    }
    const database = await openDB(`${name} log`, 1, { upgrade })
    database.close()
    await deleteDB(`${name} log`)
  }
  await Promise.race([begin().catch(() => undefined), new Promise(resolve => setTimeout(resolve, LIMIT_MS))])
}
