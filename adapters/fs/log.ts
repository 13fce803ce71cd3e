/**
 * A conversation's log: its file, and over it the changes that the file does not hold yet. What comes in order is
 * appended; what comes late waits, readable, until the conversation rests or it is worth a rewrite of the file. What the
 * file holds is kept until it is known to be on the disk: after a failed sync it may be gone from the file again.
 */
import type { Json } from '../../src/index.ts'
import type { Folder } from './folder.ts'
import type { NamedPlace } from './layout.ts'
import { LogFile } from './log-file.ts'
import type { LogReader } from './log-reader.ts'
import { BUSY_MS, type Place, REST_MS, type SettleOptions } from './place.ts'

/** Entries from `low` to `high`, inclusive, ascending or in reverse, at most `limit` of them. */
export interface LogRange {
  readonly low: number
  readonly high: number
  readonly limit: number
  readonly reverse: boolean
}

/** An entry that was found. */
export interface LogFinding {
  readonly seq: number
  readonly value: Json
}

type Changes = Map<number, string | undefined>

/** What waits is merged at once when it is this part of the file, so that merging costs each byte a few rewrites at most. */
const MERGE_SHARE = 1 / 2

/** See the head of this file. */
export class Log implements Place {
  readonly named: NamedPlace
  readonly #file: LogFile
  #changes: Changes = new Map()
  /** On their way into the file. */
  #settling: Changes = new Map()
  /** In the file, as far as the system knows. */
  #unsynced: Changes = new Map()
  /** Those of them that the sync under way is about. */
  #syncing: Changes = new Map()
  #changedAt = 0
  /** Until then a log that does not rest waits. */
  #dueAt = 0
  /** Whether changes come from a replay, and the file may hold them already. */
  #replayed = false

  constructor(folder: Folder, named: NamedPlace) {
    this.named = named
    this.#file = new LogFile(folder, named.place)
  }

  /** Sets the line at a `seq`; `undefined` deletes it. */
  set(seq: number, text: string | undefined, now: number): void {
    this.#changes.set(seq, text)
    this.#changedAt = now
  }

  /** Says that the changes so far were replayed. */
  markReplayed(): void {
    this.#replayed = true
  }

  /** The entries in a range, as of one moment during the call. */
  async list(range: LogRange): Promise<LogFinding[]> {
    for (;;) {
      const view = this.#file.view()
      if (!view) {
        await this.#file.ready()
        continue
      }
      const merge = new Merge(range, this.#waiting(range))
      if (view.length === 0) return merge.end()
      const { doubts } = this.#file
      const found = await this.#file.read(view, reader => merge.from(reader))
      if (found && doubts === this.#file.doubts) return found // or the file may have lost lines while it was read
    }
  }

  /** Whether the file has lines that are no entries, or out of order; they are reported. */
  async isDamaged(): Promise<boolean> {
    await this.#file.ready()
    const view = this.#file.view()
    if (!view || view.length === 0) return false
    return (await this.#file.read(view, hasBadLines)) ?? false
  }

  async settle({ force, now }: SettleOptions): Promise<boolean> {
    const rests = now - this.#changedAt >= REST_MS
    if (!force && !rests && now < this.#dueAt) return false
    this.#dueAt = now + BUSY_MS
    await this.#file.ready()
    if (this.#file.suspect) await this.#writeAnew()
    else await this.#writeChanges(force || rests)
    return this.#changes.size === 0
  }

  /** Makes what was settled durable, but for the name of the file: {@link endSync} or {@link distrust} is to follow. */
  async sync(): Promise<void> {
    this.#syncing = this.#unsynced
    this.#unsynced = new Map()
    try {
      await this.#file.sync()
    } catch (error) {
      this.distrust()
      throw error
    }
  }

  /** Says that the file's name is durable too. */
  endSync(): void {
    this.#syncing = new Map()
  }

  /** Says that a sync failed. What the file may have lost waits again, readable, to be written into a new file. */
  distrust(): void {
    this.#file.distrust()
    this.#reclaim()
  }

  /** Changes in the order of the range, none of them outside it. */
  #waiting({ low, high, reverse }: LogRange): [number, string | undefined][] {
    const found = new Map<number, string | undefined>()
    for (const changes of [this.#settling, this.#changes]) {
      for (const [seq, text] of changes) if (seq >= low && seq <= high) found.set(seq, text)
    }
    return [...found].sort(([a], [b]) => (reverse ? b - a : a - b))
  }

  async #writeChanges(all: boolean): Promise<void> {
    if (this.#replayed) await this.#dropKnown()
    const fresh = this.#takeFresh()
    const late = this.#changes.size > 0 && (all || this.#isWorthMerging())
    if (fresh.size > 0) await this.#settleWith(fresh, changes => this.#file.append(changes))
    if (late) await this.#settleWith(this.#takeAll(), changes => this.#file.merge(changes))
  }

  /** Nothing is added to a file that may have lost something: a line would be glued to the rest of another. */
  async #writeAnew(): Promise<void> {
    this.#reclaim() // what came into the file since it became suspect
    await this.#settleWith(this.#takeAll(), changes => this.#file.merge(changes))
  }

  async #settleWith(changes: Changes, step: (changes: Changes) => Promise<void>): Promise<void> {
    this.#settling = changes
    try {
      await step(changes)
      for (const [seq, text] of changes) this.#unsynced.set(seq, text)
    } catch (error) {
      for (const [seq, text] of this.#changes) changes.set(seq, text)
      this.#changes = changes
      throw error
    } finally {
      this.#settling = new Map()
    }
  }

  /** Takes the changes above all that the file holds, ascending; deletions there have nothing to delete. */
  #takeFresh(): Changes {
    const fresh: [number, string][] = []
    const late: Changes = new Map()
    let ascending = true
    for (const [seq, text] of this.#changes) {
      if (seq <= this.#file.last) late.set(seq, text)
      else if (text !== undefined) {
        ascending &&= seq > (fresh.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY)
        fresh.push([seq, text])
      }
    }
    this.#changes = late
    return new Map(ascending ? fresh : fresh.sort(([a], [b]) => a - b))
  }

  #takeAll(): Changes {
    const changes = this.#changes
    this.#changes = new Map()
    return changes
  }

  /** Makes changes of what is not known to be on the disk; what is on its way into the file is newer. */
  #reclaim(): void {
    const reclaimed: Changes = new Map([...this.#syncing, ...this.#unsynced])
    for (const seq of this.#settling.keys()) reclaimed.delete(seq)
    this.#changes = new Map([...reclaimed, ...this.#changes])
    this.#syncing = new Map()
    this.#unsynced = new Map()
  }

  #isWorthMerging(): boolean {
    let length = 0
    for (const text of this.#changes.values()) length += text?.length ?? 0
    return length > this.#file.length * MERGE_SHARE
  }

  /** After a crash the file holds most of what is replayed; only the rest is brought to it. */
  async #dropKnown(): Promise<void> {
    const view = this.#file.view()
    const known = [...this.#changes.keys()].filter(seq => seq <= this.#file.last)
    if (view && known.length > 0) {
      const low = known.reduce((a, b) => Math.min(a, b))
      const high = known.reduce((a, b) => Math.max(a, b))
      await this.#file.read(view, reader => this.#dropEqual(reader, low, high))
    }
    this.#replayed = false
  }

  async #dropEqual(reader: LogReader, low: number, high: number): Promise<void> {
    for await (const entries of reader.ascending(low)) {
      for (const { seq, line } of entries) {
        if (seq > high) return
        const text = this.#changes.get(seq)
        if (text === undefined || text !== line.bytes.toString()) continue
        this.#changes.delete(seq)
        this.#unsynced.set(seq, text) // a killed process may have written it and synced nothing
      }
    }
  }
}

async function hasBadLines(reader: LogReader): Promise<boolean> {
  for await (const entries of reader.ascending(Number.NEGATIVE_INFINITY)) for (const _ of entries); // judges every line
  return reader.bad.length > 0
}

/** Merges a file's entries with the changes that wait over it. */
class Merge {
  readonly #range: LogRange
  readonly #waiting: [number, string | undefined][]
  readonly #found: LogFinding[] = []
  #next = 0

  constructor(range: LogRange, waiting: [number, string | undefined][]) {
    this.#range = range
    this.#waiting = waiting
  }

  async from(reader: LogReader): Promise<LogFinding[]> {
    const { low, high, limit, reverse } = this.#range
    const groups = reverse ? reader.descending(high) : reader.ascending(low)
    for await (const entries of groups) {
      for (const { seq, value } of entries) {
        if (reverse ? seq < low : seq > high) return this.end()
        const replaced = this.#takeUpTo(seq)
        if (!replaced && this.#found.length < limit) this.#found.push({ seq, value })
        if (this.#found.length >= limit) return this.#found
      }
    }
    return this.end()
  }

  /** What is found when the file has no more. */
  end(): LogFinding[] {
    this.#takeUpTo(this.#range.reverse ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)
    return this.#found
  }

  /** Takes the changes that come before an entry, and the one at it; gives whether there was one at it. */
  #takeUpTo(seq: number): boolean {
    const { limit, reverse } = this.#range
    for (let next = this.#waiting[this.#next]; next; next = this.#waiting[this.#next]) {
      if (reverse ? next[0] < seq : next[0] > seq) return false
      this.#next += 1
      if (next[1] !== undefined && this.#found.length < limit) {
        this.#found.push({ seq: next[0], value: JSON.parse(next[1]) as Json })
      }
      if (next[0] === seq) return true
    }
    return false
  }
}
