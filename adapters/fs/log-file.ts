/**
 * A conversation's file: JSON lines, sorted by `seq`. Its length and last `seq` are known once it was looked at. Reads may
 * overlap with a change and see the file as it was before; the caller makes one change at a time.
 */
import { FILE_MODE, type FileHandle, ifExists, writeAll } from './file-system.ts'
import type { Folder } from './folder.ts'
import { endOfLines, type Line, lineNumbers, readAt } from './lines.ts'
import { parseLogLine } from './log-line.ts'
import { type LogChanges, LogMerge } from './log-merge.ts'
import { LogReader } from './log-reader.ts'
import { Positions } from './positions.ts'
import { at } from './storage-error.ts'

const LINE_FEED = 0x0a

/** The file as it was at one moment: what is appended or merged later is not seen through it. */
export interface LogView {
  readonly length: number
  readonly positions: Positions
}

/** See the head of this file. Methods reject with the errors of the system. */
export class LogFile {
  readonly place: string
  readonly #folder: Folder
  readonly #reported = new Set<number>()
  #length = 0
  #last = Number.NEGATIVE_INFINITY
  #known = false
  /** Set while the file is looked at or renamed over, when its name and what is known of it may disagree. */
  #busy: Promise<void> | undefined
  /** Made anew with each file, hence also the mark that tells one file from the next. */
  #positions = new Positions()
  #unsynced = false
  #doubts = 0
  /** Of the doubts, those that a new file has put an end to. */
  #resolved = 0

  constructor(folder: Folder, place: string) {
    this.#folder = folder
    this.place = place
  }

  /** The highest `seq` in the file. Valid after {@link ready}. */
  get last(): number {
    return this.#last
  }

  /** Bytes in the file. Valid after {@link ready}. */
  get length(): number {
    return this.#length
  }

  /**
   * Whether the file holds what is no line, or a sync failed, after which the system may believe bytes to be on disk that are
   * not. A merge makes it good.
   */
  get suspect(): boolean {
    return this.#doubts > this.#resolved
  }

  /** How often a sync has failed. */
  get doubts(): number {
    return this.#doubts
  }

  /** Says that a sync of the file or of its name failed. */
  distrust(): void {
    this.#doubts += 1
  }

  /** Resolves when {@link view} can be had. The first call looks at the file and heals its tail. */
  async ready(): Promise<void> {
    while (this.#busy || !this.#known) {
      this.#busy ??= this.#at(() => this.#inspect()).finally(() => {
        this.#busy = undefined
      })
      await this.#busy
    }
  }

  /** The file as it is now; `undefined` where {@link ready} has to be awaited first. */
  view(): LogView | undefined {
    return this.#known && !this.#busy ? { length: this.#length, positions: this.#positions } : undefined
  }

  /** Reads from the file of a view; gives `undefined` where the file was replaced before it could be opened. */
  read<T>(view: LogView, step: (reader: LogReader) => Promise<T>): Promise<T | undefined> {
    return this.#at(() => this.#read(view, step))
  }

  /** Adds lines, ascending and above {@link last}; not synced. */
  async append(changes: LogChanges): Promise<void> {
    let text = ''
    let last = this.#last
    for (const [seq, line] of changes) {
      text += `${line}\n`
      last = seq
    }
    await this.#at(() => this.#appendBytes(Buffer.from(text), last))
  }

  /** Replaces the file by itself with changes merged into it; bad lines stay behind, in quarantine. */
  merge(changes: LogChanges): Promise<void> {
    return this.#at(() => this.#merge(changes))
  }

  /** Makes the lines durable; the caller syncs the folder. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return
    this.#unsynced = false
    try {
      await this.#at(() => this.#datasync())
    } catch (error) {
      this.#unsynced = true
      throw error
    }
  }

  #at<T>(step: () => Promise<T>): Promise<T> {
    return at(this.#folder.path(this.place), step)
  }

  async #read<T>(view: LogView, step: (reader: LogReader) => Promise<T>): Promise<T | undefined> {
    const handle = await this.#folder.fileSystem.open(this.#folder.path(this.place), 'r')
    try {
      if (this.#busy || this.#positions !== view.positions) return undefined
      return await this.#readWith(handle, view, step)
    } finally {
      await handle.close()
    }
  }

  async #merge(changes: LogChanges): Promise<void> {
    const doubts = this.#doubts // one that comes meanwhile is about this file too
    let merged = { length: 0, last: Number.NEGATIVE_INFINITY }
    const temporary = await this.#folder.prepare(async target => {
      merged = await this.#writeMerged(new LogMerge(target, changes))
    })
    const installed = this.#folder.install(temporary, this.place)
    this.#busy = installed.catch(() => undefined) // readers wait for the rename, whatever becomes of it
    try {
      await installed
      this.#length = merged.length
      this.#last = merged.last
      this.#positions = new Positions()
      this.#reported.clear()
      this.#resolved = doubts
      this.#unsynced = true
    } finally {
      this.#busy = undefined
    }
    await temporary.handle.close()
  }

  async #datasync(): Promise<void> {
    const handle = await this.#folder.fileSystem.open(this.#folder.path(this.place), 'r+')
    try {
      await handle.datasync()
    } finally {
      await handle.close()
    }
  }

  async #readWith<T>(handle: FileHandle, view: LogView, step: (reader: LogReader) => Promise<T>): Promise<T> {
    const reader = new LogReader(handle, view.length, view.positions)
    const result = await step(reader)
    for (const line of reader.bad) await this.#keepBad(handle, line)
    return result
  }

  async #appendBytes(bytes: Buffer, last: number): Promise<void> {
    const handle = await this.#folder.fileSystem.open(this.#folder.path(this.place), 'a', FILE_MODE)
    this.#unsynced = true
    try {
      await writeAll(handle, bytes)
      this.#length += bytes.length
      this.#last = last // at once: closing can fail, and what is repeated then belongs to what the file holds
    } catch (error) {
      await handle.truncate(this.#length).catch(() => {
        this.#known = false // the tail is torn; the next look at the file heals it
      })
      throw error
    } finally {
      await handle.close()
    }
  }

  async #writeMerged(merge: LogMerge): Promise<LogMerge> {
    if (this.#length > 0) {
      const handle = await this.#folder.fileSystem.open(this.#folder.path(this.place), 'r')
      try {
        await this.#readWith(handle, { length: this.#length, positions: this.#positions }, async reader => {
          for await (const entries of reader.ascending(Number.NEGATIVE_INFINITY)) await merge.add(entries)
        })
      } finally {
        await handle.close()
      }
    }
    await merge.end()
    return merge
  }

  async #inspect(): Promise<void> {
    const handle = await ifExists(this.#folder.fileSystem.open(this.#folder.path(this.place), 'r+'))
    try {
      this.#length = handle ? (await handle.stat()).size : 0
      this.#last = Number.NEGATIVE_INFINITY
      this.#unsynced = handle !== undefined // what a killed process wrote may not be on the disk yet
      if (handle && this.#length > 0) await this.#lookAtTail(handle)
      this.#known = true
    } finally {
      await handle?.close()
    }
  }

  async #lookAtTail(handle: FileHandle): Promise<void> {
    const size = this.#length
    this.#length = await endOfLines(handle, size)
    const view = { length: this.#length, positions: this.#positions }
    this.#last = await this.#readWith(handle, view, lastSeq)
    if (this.#length < size) await this.#healTail(handle, size)
  }

  /** What follows the last line feed is a whole entry that lacks its line feed, or was never acknowledged. */
  async #healTail(handle: FileHandle, size: number): Promise<void> {
    const bytes = await readAt(handle, this.#length, size - this.#length)
    const entry = parseLogLine({ offset: this.#length, bytes })
    if (entry && entry.seq > this.#last) {
      await handle.write(Buffer.of(LINE_FEED), 0, 1, size)
      this.#length = size + 1
      this.#last = entry.seq
      return
    }
    const [line = 1] = await lineNumbers(handle, [this.#length])
    const quarantine = await this.#folder.quarantine(this.place, bytes)
    await handle.truncate(this.#length)
    const message = `The file ended, in line ${line}, in ${bytes.length} bytes that are no line; they were cut off.`
    this.#folder.report({ kind: 'torn-tail', place: this.place, line, message, quarantine })
  }

  async #keepBad(handle: FileHandle, { offset, bytes }: Line): Promise<void> {
    if (this.#reported.has(offset)) return
    this.#reported.add(offset)
    this.distrust()
    const [line = 1] = await lineNumbers(handle, [offset])
    const quarantine = await this.#folder.quarantine(this.place, bytes)
    const message = `Line ${line}, at byte ${offset}, is not an entry in its order; it is left out.`
    this.#folder.report({ kind: 'bad-line', place: this.place, line, message, quarantine })
  }
}

async function lastSeq(reader: LogReader): Promise<number> {
  for await (const entries of reader.descending(Number.POSITIVE_INFINITY)) {
    for (const { seq } of entries) return seq
  }
  return Number.NEGATIVE_INFINITY
}
