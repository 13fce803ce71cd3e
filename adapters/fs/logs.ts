/** The logs of a workspace by conversation. */
import { compareKeys, hasPrefix, isWithin, type Key, type ListOptions, type StorageEntry } from '../../src/index.ts'
import type { CutNames } from './cut-names.ts'
import type { Folder } from './folder.ts'
import { Gate } from './gate.ts'
import { LOG_FOLDER, LOGS, logConversations, logPlace } from './layout.ts'
import { Log } from './log.ts'

/** Files read at once: more than the system's thread pool takes, and few against the number that a process may have open. */
const READERS = 16

/** See the head of this file. A log is known once it was used; its file is opened for each use. */
export class Logs {
  readonly #folder: Folder
  readonly #cutNames: CutNames
  readonly #open = new Map<string, Log>()
  readonly #readers = new Gate(READERS)

  constructor(folder: Folder, cutNames: CutNames) {
    this.#folder = folder
    this.#cutNames = cutNames
  }

  /** The log of a conversation. */
  open(conversation: string): Log {
    let log = this.#open.get(conversation)
    if (!log) {
      log = new Log(this.#folder, logPlace(conversation))
      this.#open.set(conversation, log)
    }
    return log
  }

  /** The logs of all conversations. */
  async all(): Promise<Log[]> {
    return (await this.#conversations([LOGS], false)).map(conversation => this.open(conversation))
  }

  /** The entries below a prefix of the collection, in key order. */
  async list(prefix: Key, options: ListOptions): Promise<StorageEntry[]> {
    const { limit = Number.POSITIVE_INFINITY, reverse = false } = options
    const found: StorageEntry[] = []
    for (const conversation of await this.#conversations(prefix, reverse)) {
      if (found.length >= limit) break
      const base: Key = [LOGS, conversation]
      const low = Math.max(
        edge(options.after, base, Number.NEGATIVE_INFINITY),
        seqOf(prefix) ?? Number.NEGATIVE_INFINITY,
      )
      const high = Math.min(
        edge(options.before, base, Number.POSITIVE_INFINITY),
        seqOf(prefix) ?? Number.POSITIVE_INFINITY,
      )
      if (low === Number.POSITIVE_INFINITY || high === Number.NEGATIVE_INFINITY || low > high) continue
      // A bound is exclusive, so that one entry more than asked for may be found at either end.
      const range = { low, high, limit: limit - found.length + 2, reverse }
      for (const { seq, value } of await this.#readers.run(() => this.open(conversation).list(range))) {
        const key: Key = [LOGS, conversation, seq]
        if (isWithin(key, options) && found.length < limit) found.push({ key, value })
      }
    }
    return found
  }

  async #conversations([, conversation, seq, ...rest]: Key, reverse: boolean): Promise<string[]> {
    if (rest.length > 0 || typeof seq === 'string' || typeof conversation === 'number') return []
    if (conversation !== undefined) return [conversation]
    const inFiles = logConversations(await this.#folder.names(LOG_FOLDER))
    const sorted = [...new Set([...inFiles, ...this.#cutNames.conversations(), ...this.#open.keys()])].sort()
    return reverse ? sorted.reverse() : sorted
  }
}

/** The `seq` of a bound that lies among the entries of a log; an infinite one where it lies before or behind them all. */
function edge(bound: Key | undefined, base: Key, none: number): number {
  if (bound === undefined) return none
  if (!hasPrefix(bound, base)) return compareKeys(bound, base) < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const [, , seq = Number.NEGATIVE_INFINITY] = bound
  return typeof seq === 'number' ? seq : Number.POSITIVE_INFINITY
}

function seqOf([, , seq]: Key): number | undefined {
  return typeof seq === 'number' ? seq : undefined
}
