/**
 * The storage contract: five methods over ordered keys and JSON values. Everything durable stands on it, so its
 * promises are exact, and `im-client/conformance` checks each one against an adapter.
 *
 * Model: one ordered map from {@link Key} to JSON.
 * - Atomic: a batch takes effect whole or not at all, across a crash as well.
 * - Durable: when `write` resolves, the batch survives a power cut (`strict`), a crash of the process (`relaxed`),
 *   or nothing at all (`none`, memory).
 * - Ordered: batches take effect, and their promises settle, in the order of the calls.
 * - Consistent: a read begun after a `write` resolved sees it. Keys and values are copies, in and out.
 * - Exclusive: one open instance owns the storage; a second `open` rejects with `STORAGE_LOCKED`.
 */
import type { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { Views } from './views.ts'

/** A part of a key. Numbers are finite; they sort before strings, and strings by UTF-16 code units, as in IndexedDB. */
export type KeyPart = string | number

/**
 * One to eight parts, compared part by part; a key that is a prefix of another sorts before it.
 * The first part is a string and names a collection. In the collection `events` every key is
 * `['events', conversationId, seq]` and every value is an object whose `seq` is the key's last part: a log that
 * an adapter may keep in a form made for appending.
 */
export type Key = readonly [string, ...KeyPart[]]

/** One key with its value. */
export interface StorageEntry {
  readonly key: Key
  readonly value: Json
}

/** One step of a batch. A later step on the same key wins. Deleting what is not there is no error. */
export type WriteOperation =
  | { readonly type: 'put'; readonly key: Key; readonly value: Json }
  | { readonly type: 'delete'; readonly key: Key }

/** What to list. Bounds are whole keys and exclusive; they need not exist. */
export interface ListOptions {
  readonly after?: Key
  readonly before?: Key
  /** At most this many entries; all by default. */
  readonly limit?: number
  /** Descending order, so that `limit` takes the last ones. */
  readonly reverse?: boolean
}

/** Damage that was found, and what was done about it. Never silent. */
export interface StorageRepair {
  readonly kind: 'torn-tail' | 'bad-line' | 'bad-journal-record' | 'bad-document' | 'stale-owner' | 'database-lost'
  /** The file or store concerned, relative to the storage's root. */
  readonly place: string
  /** The line of the file, counted from 1, where the damage is that of a line. */
  readonly line?: number
  /** A sentence for people. */
  readonly message: string
  /** Where the damaged bytes were kept, if they were. */
  readonly quarantine?: string
}

/** What an adapter needs to know when it is opened. */
export interface OpenOptions {
  /** Called for each repair, at open or later. Must not throw. */
  readonly onRepair?: (repair: StorageRepair) => void
  /**
   * Called when what was acknowledged cannot be brought to its place, and no call can be told: once until that has
   * succeeded again, however often it is tried. Nothing is lost. Must not throw.
   */
  readonly onFailure?: (error: IMError) => void
  /**
   * Called once where it is found out that another owner has taken over: nothing will be written again. Where nothing
   * finds it out before, the next `write` rejects with `STORAGE_FENCED`. The storage can then be closed, which leaves the
   * other alone, and opened anew. Must not throw.
   */
  readonly onLost?: (error: IMError) => void
}

/** What `write` promises: see the head of this file. */
export type Durability = 'strict' | 'relaxed' | 'none'

/** A place to keep things. One instance is opened once and closed once. */
export interface StorageAdapter {
  readonly durability: Durability

  /** Where views of the owner come in, in a storage that several programs can reach. */
  readonly views?: Views | undefined

  /**
   * Takes ownership, heals what a crash left behind, and makes everything that was acknowledged readable.
   * @throws IMError `STORAGE_LOCKED` (details: who owns it, since when), `STORAGE_DAMAGED`, `STORAGE_IO`
   */
  open(options?: OpenOptions): Promise<void>

  /**
   * The value at a key, or `undefined` where there is none.
   * @throws IMError `STORAGE_CLOSED`, `STORAGE_KEY_INVALID`, `STORAGE_DAMAGED`, `STORAGE_IO`, `STORAGE_FENCED`
   */
  get(key: Key): Promise<Json | undefined>

  /**
   * The entries whose keys begin with the parts of `prefix` (itself included), in key order. Costs in proportion to
   * what it returns, not to what is stored.
   * @throws IMError as {@link get}
   */
  list(prefix: Key, options?: ListOptions): Promise<StorageEntry[]>

  /**
   * Applies a batch. Resolves when it is as durable as {@link durability} says. A rejected batch has no effect; one
   * that breaks a rule is rejected without waiting for its turn.
   * @throws IMError `STORAGE_CLOSED`, `STORAGE_KEY_INVALID`, `STORAGE_VALUE_INVALID`, `STORAGE_FULL`, `STORAGE_IO`,
   * `STORAGE_FENCED` (another owner has taken over; nothing will be written again)
   */
  write(batch: readonly WriteOperation[]): Promise<void>

  /** Waits for the writes under way, settles everything in its place and gives up ownership. Safe to call twice. */
  close(): Promise<void>
}
