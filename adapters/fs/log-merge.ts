/** Merges changes into the entries of a log, ascending, on the way to a new file. */
import { type FileHandle, writeAll } from './file-system.ts'
import type { LogEntries } from './log-reader.ts'

/** Changes by `seq`: the line's text, or `undefined` to delete. */
export type LogChanges = ReadonlyMap<number, string | undefined>

const BUFFER_LENGTH = 256 * 1024

/** See the head of this file. Holds one buffer, whatever the length of the log. */
export class LogMerge {
  /** Bytes written so far. */
  length = 0
  /** The highest `seq` written so far. */
  last = Number.NEGATIVE_INFINITY
  readonly #target: FileHandle
  readonly #changes: LogChanges
  /** Descending, so that the next one is taken from the end. */
  readonly #waiting: [number, string | undefined][]
  #text = ''

  constructor(target: FileHandle, changes: LogChanges) {
    this.#target = target
    this.#changes = changes
    this.#waiting = [...changes].sort(([a], [b]) => b - a)
  }

  /** Takes the next entries of the log, ascending. */
  async add(entries: LogEntries): Promise<void> {
    for (const { seq, line } of entries) {
      this.#takeChanges(seq)
      if (!this.#changes.has(seq)) this.#put(seq, line.bytes.toString())
    }
    if (this.#text.length > BUFFER_LENGTH) await this.#flush()
  }

  /** Writes what is left. */
  async end(): Promise<void> {
    this.#takeChanges(Number.POSITIVE_INFINITY)
    await this.#flush()
  }

  #takeChanges(upTo: number): void {
    for (let next = this.#waiting.at(-1); next && next[0] <= upTo; next = this.#waiting.at(-1)) {
      this.#waiting.pop()
      this.#put(...next)
    }
  }

  #put(seq: number, text: string | undefined): void {
    if (text === undefined) return
    this.#text += `${text}\n`
    this.last = seq
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    this.length += bytes.length
    await writeAll(this.#target, bytes)
  }
}
