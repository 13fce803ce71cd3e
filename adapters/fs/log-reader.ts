/** Reads entries of a sorted log from an open file: from an end, or from a place that is found by bisection over bytes. */
import type { FileHandle } from './file-system.ts'
import { type Line, linesBackward, linesForward } from './lines.ts'
import type { LogEntry } from './log-line.ts'
import { LogOrder } from './log-order.ts'
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
    yield* this.#inOrder(linesForward(this.#handle, start, this.#length), new LogOrder('ascending', low))
  }

  /** Entries whose `seq` is `high` or less, descending. */
  async *descending(high: number): AsyncGenerator<LogEntries> {
    const end = high === Number.POSITIVE_INFINITY ? this.#length : await this.#find(seq => seq > high)
    yield* this.#inOrder(linesBackward(this.#handle, end), new LogOrder('descending', high))
  }

  /** Where the first entry begins for which a monotonic predicate holds; the file's end where there is none. */
  async #find(holds: (seq: number) => boolean): Promise<number> {
    const around = this.#positions.around(holds, this.#length)
    let { low, high } = around
    let found = high
    while (high - low > SCAN_BYTES) {
      const middle = Math.floor((low + high) / 2)
      const entry = await this.#certainFrom(middle, high)
      if (!entry) high = middle
      else if (holds(entry.seq)) high = found = entry.line.offset
      else low = entry.line.offset
    }
    return (await this.#scan(low, high, holds)) ?? found
  }

  /**
   * An entry whose line begins at `start` or later, and before `end`; `undefined` where there is none. The second where
   * there are two: the first may be too low, which only the line before it would show.
   */
  async #certainFrom(start: number, end: number): Promise<LogEntry | undefined> {
    let first: LogEntry | undefined
    // From the byte before: what comes first is a line feed, or the rest of a line.
    for await (const entries of this.#inOrder(withoutFirst(linesForward(this.#handle, start - 1, this.#length)))) {
      for (const entry of entries) {
        if (entry.line.offset >= end) return first
        if (first) return this.#learned(entry)
        first = entry
      }
    }
    return first
  }

  #learned(entry: LogEntry): LogEntry {
    this.#positions.learn(entry.seq, entry.line.offset)
    return entry
  }

  async #scan(low: number, high: number, holds: (seq: number) => boolean): Promise<number | undefined> {
    for await (const entries of this.#inOrder(linesForward(this.#handle, low, this.#length))) {
      for (const { seq, line } of entries) {
        if (line.offset >= high) return undefined
        if (holds(seq)) return line.offset
      }
    }
    return undefined
  }

  /** The entries among lines. With a direction and a bound, lines that are none are noted: without, this only looks. */
  async *#inOrder(groups: AsyncIterable<readonly Line[]>, noted?: LogOrder): AsyncGenerator<LogEntries> {
    const order = noted ?? new LogOrder('ascending', Number.NEGATIVE_INFINITY)
    try {
      for await (const lines of groups) yield order.take(lines)
      yield order.end()
    } finally {
      for (const line of noted?.bad ?? []) this.bad.push(line)
    }
  }
}

async function* withoutFirst(groups: AsyncIterable<readonly Line[]>): AsyncGenerator<readonly Line[]> {
  let first = true
  for await (const lines of groups) {
    yield first ? lines.slice(1) : lines
    first = false
  }
}
