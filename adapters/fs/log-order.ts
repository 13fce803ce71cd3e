/**
 * Tells the entries of a log from lines that stand out of its order, without being misled by one of them: a `seq` that is
 * far too high would otherwise put everything behind it out of order. An entry counts once a few lines behind it agree
 * with it; where lines disagree, the most that are in order among themselves are right.
 */
import type { Line } from './lines.ts'
import { type LogEntry, parseLogLine } from './log-line.ts'

/** Lines behind an entry that are looked at before it counts: fewer wrong ones than this in a row are found out. */
const LOOK_AHEAD = 4

/** Lines that are judged together at most: a file of nothing but disorder is not gathered whole. */
const MOST_GATHERED = 64

/** One pass over lines, in one direction. */
export class LogOrder {
  /** Lines that are no entries, or out of order. */
  readonly bad: Line[] = []
  readonly #sign: 1 | -1
  /** What has passed is below this in the order of the pass. */
  #floor = Number.NEGATIVE_INFINITY
  readonly #first: number
  /** In order, and above the floor, unless lines are being gathered to judge by. */
  #window: LogEntry[] = []
  /** How many more lines to judge by; 0 where there is nothing to judge. */
  #gathering = 0

  /** A pass over entries whose `seq` is `first` or more, ascending; or `first` or less, descending. */
  constructor(direction: 'ascending' | 'descending', first: number) {
    this.#sign = direction === 'ascending' ? 1 : -1
    this.#first = first * this.#sign
  }

  /** Takes the next lines, in the order of the pass; gives the entries that are certain by now. */
  *take(lines: Iterable<Line>): Generator<LogEntry> {
    for (const line of lines) {
      const entry = parseLogLine(line)
      if (entry && this.#rank(entry) >= this.#first) this.#add(entry)
      else if (line.bytes.length > 0) this.bad.push(line)
      while (this.#gathering === 0 && this.#window.length > LOOK_AHEAD) {
        const certain = this.#window.shift()
        if (!certain) break
        this.#floor = this.#rank(certain)
        yield certain
      }
    }
  }

  /** There are no more lines: gives the entries that are left. */
  *end(): Generator<LogEntry> {
    if (this.#gathering > 0) this.#judge()
    yield* this.#window
  }

  #add(entry: LogEntry): void {
    const last = this.#window.at(-1)
    const disagrees = this.#rank(entry) <= (last ? this.#rank(last) : this.#floor)
    this.#window.push(entry)
    const gathered = this.#window.length >= MOST_GATHERED
    // Lines that disagree while others are judged need lines behind them too, or the last would be judged by nothing.
    if (disagrees && !gathered) this.#gathering = LOOK_AHEAD
    else if (this.#gathering > 0) this.#gathering = gathered ? 0 : this.#gathering - 1
    else return
    if (this.#gathering === 0) this.#judge()
  }

  #judge(): void {
    this.#gathering = 0
    const possible = this.#window.filter(entry => this.#rank(entry) > this.#floor)
    const right = new Set(longestInOrder(possible, entry => this.#rank(entry)))
    for (const entry of this.#window) if (!right.has(entry)) this.bad.push(entry.line)
    this.#window = [...right]
  }

  #rank({ seq }: LogEntry): number {
    return seq * this.#sign
  }
}

interface Chain {
  readonly entry: LogEntry
  readonly before: Chain | undefined
  readonly length: number
}

/** The most entries whose ranks ascend; of equally many, those that end lower and stand earlier in the file. */
function longestInOrder(entries: readonly LogEntry[], rank: (entry: LogEntry) => number): LogEntry[] {
  const chains: Chain[] = []
  for (const entry of entries) {
    const before = best(chains.filter(chain => rank(chain.entry) < rank(entry)))
    chains.push({ entry, before, length: (before?.length ?? 0) + 1 })
  }
  const found: LogEntry[] = []
  for (let chain = best(chains); chain; chain = chain.before) found.unshift(chain.entry)
  return found
}

function best(chains: readonly Chain[]): Chain | undefined {
  const compare = (a: Chain, b: Chain) =>
    b.length - a.length || a.entry.seq - b.entry.seq || a.entry.line.offset - b.entry.line.offset
  return [...chains].sort(compare)[0]
}
