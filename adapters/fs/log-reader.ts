/** Reads entries of a sorted log from an open file: from an end, or from a place that is found by bisection over bytes. */
import type { FileHandle } from './file-system.ts'
import { type Line, linesBackward, linesForward } from './lines.ts'
import { type LogEntry, parseLogLine } from './log-line.ts'
import type { Positions } from './positions.ts'

/** Below this a bisection reads on instead of halving further. */
const SCAN_BYTES = 16 * 1024

/** Entries of one chunk, parsed as they are taken. */
export type LogEntries = Iterable<LogEntry>

/** One read. Lines that are no entries, or out of order, are left out and gathered in {@link bad}. */
export class LogReader {
  readonly bad: Line[] = []
  readonly #handle: FileHandle
  readonly #length: number
  readonly #positions: Positions

  constructor(handle: FileHandle, length: number, positions: Positions) {
    this.#handle = handle
    this.#length = length
    this.#positions = positions
  }

  /** Entries whose `seq` is `low` or more, ascending. */
  async *ascending(low: number): AsyncGenerator<LogEntries> {
    const start = low === Number.NEGATIVE_INFINITY ? 0 : await this.#find(seq => seq >= low)
    const order = new Order((previous, seq) => seq > previous)
    for await (const lines of linesForward(this.#handle, start, this.#length)) yield this.#parse(lines, order)
  }

  /** Entries whose `seq` is `high` or less, descending. */
  async *descending(high: number): AsyncGenerator<LogEntries> {
    const end = high === Number.POSITIVE_INFINITY ? this.#length : await this.#find(seq => seq > high)
    const order = new Order((previous, seq) => seq < previous)
    for await (const lines of linesBackward(this.#handle, end)) yield this.#parse(lines, order)
  }

  *#parse(lines: readonly Line[], order: Order): Generator<LogEntry> {
    for (const line of lines) {
      const entry = parseLogLine(line)
      if (entry && order.accepts(entry.seq)) yield entry
      else if (line.bytes.length > 0) this.bad.push(line)
    }
  }

  /** Where the first entry begins for which a monotonic predicate holds; the file's end where there is none. */
  async #find(holds: (seq: number) => boolean): Promise<number> {
    const around = this.#positions.around(holds, this.#length)
    let { low, high } = around
    let found = around.high
    while (high - low > SCAN_BYTES) {
      const middle = Math.floor((low + high) / 2)
      const entry = await this.#firstFrom(middle, high)
      if (entry && !holds(entry.seq)) low = entry.line.offset
      else {
        high = middle
        found = entry?.line.offset ?? found
      }
    }
    return (await this.#scan(low, high, holds)) ?? found
  }

  /** The first entry whose line begins at `start` or later, and before `end`. */
  async #firstFrom(start: number, end: number): Promise<LogEntry | undefined> {
    let partial = true // from the byte before: what comes first is a line feed, or the rest of a line
    for await (const lines of linesForward(this.#handle, start - 1, this.#length)) {
      for (const line of partial ? lines.slice(1) : lines) {
        if (line.offset >= end) return undefined
        const entry = parseLogLine(line)
        if (entry) this.#positions.learn(entry.seq, line.offset)
        if (entry) return entry
      }
      partial = false
    }
    return undefined
  }

  async #scan(low: number, high: number, holds: (seq: number) => boolean): Promise<number | undefined> {
    for await (const lines of linesForward(this.#handle, low, this.#length)) {
      for (const line of lines) {
        if (line.offset >= high) return undefined
        const entry = parseLogLine(line)
        if (entry && holds(entry.seq)) return line.offset
      }
    }
    return undefined
  }
}

/** Lets an entry pass if it is in order after the last one that passed. */
class Order {
  readonly #follows: (previous: number, seq: number) => boolean
  #previous: number | undefined

  constructor(follows: (previous: number, seq: number) => boolean) {
    this.#follows = follows
  }

  accepts(seq: number): boolean {
    if (this.#previous !== undefined && !this.#follows(this.#previous, seq)) return false
    this.#previous = seq
    return true
  }
}
