/** What the sample employee finds out about a log file: worked through line by line, so that it can stop in between. */
import { setImmediate } from 'node:timers/promises'
import { Frequencies } from './frequencies.ts'
import { isTelling, LEVELS, type Level, levelOf, shapeOf, type Timestamp, timestampOf, wordsOf } from './log-line.ts'

/** How many words and shapes a summary names. */
const MOST_FREQUENT = 5

/** Lines between two looks at what else there is to do. */
const LINES_IN_SLICE = 1000

/** Statistics over the lines of a log, one after the other. */
export class LogStatistics {
  readonly #now: number
  readonly #segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
  readonly #levels = new Map<Level, number>()
  readonly #frequentWords = new Frequencies()
  readonly #shapes = new Frequencies()
  #lines = 0
  #words = 0
  #bytes = 0
  #first: Timestamp | undefined
  #last: Timestamp | undefined

  /** `now`, in milliseconds since 1970, tells the year of a line that names none. */
  constructor(now = Date.now()) {
    this.#now = now
  }

  /** How many lines were added. */
  get lines(): number {
    return this.#lines
  }

  /** Adds a line, with its line end where its bytes are to be counted too. */
  add(line: string): void {
    this.#lines += 1
    this.#bytes += Buffer.byteLength(line)
    const text = line.trimEnd()
    if (text === '') return
    const level = levelOf(text)
    if (level) this.#levels.set(level, (this.#levels.get(level) ?? 0) + 1)
    this.#addTime(timestampOf(text, this.#now))
    this.#shapes.add(shapeOf(text))
    for (const word of wordsOf(text, this.#segmenter)) {
      this.#words += 1
      if (isTelling(word)) this.#frequentWords.add(word.toLowerCase())
    }
  }

  /** What was found, as a few lines of text. */
  summary(): string {
    const words = this.#frequentWords.top(MOST_FREQUENT).map(([word, count]) => `${word} (${number(count)})`)
    const shapes = this.#shapes.top(MOST_FREQUENT).map(([shape, count]) => `  ${number(count)} × ${shape}`)
    return [
      [count(this.#lines, 'line'), count(this.#words, 'word'), count(this.#bytes, 'byte')].join(', '),
      `levels: ${LEVELS.map(level => `${level} ${number(this.#levels.get(level) ?? 0)}`).join(', ')}`,
      `time: ${spanText(this.#first, this.#last)}`,
      ...(words.length > 0 ? [`most frequent words: ${words.join(', ')}`] : []),
      ...(shapes.length > 0 ? ['most frequent messages:', ...shapes] : []),
    ].join('\n')
  }

  /** Lines need not be in the order of their times. */
  #addTime(time: Timestamp | undefined): void {
    if (!time) return
    if (!this.#first || time.ms < this.#first.ms) this.#first = time
    if (!this.#last || time.ms > this.#last.ms) this.#last = time
  }
}

/**
 * Works through a log, and yields its statistics so far after every slice. Between two slices whatever else waits in
 * this process has its turn. The last one to be yielded covers the whole text.
 */
export async function* analyseInSlices(
  text: string,
  { linesInSlice = LINES_IN_SLICE, now = Date.now() }: { readonly linesInSlice?: number; readonly now?: number } = {},
): AsyncGenerator<LogStatistics, void, void> {
  const statistics = new LogStatistics(now)
  for (const line of linesOf(text)) {
    statistics.add(line)
    if (statistics.lines % linesInSlice > 0) continue
    yield statistics
    await setImmediate()
  }
  yield statistics
}

/** The lines of a text, each with its line end. */
export function* linesOf(text: string): Generator<string, void, void> {
  let start = 0
  while (start < text.length) {
    const end = text.indexOf('\n', start)
    const next = end < 0 ? text.length : end + 1
    yield text.slice(start, next)
    start = next
  }
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`
}

function spanText(first: Timestamp | undefined, last: Timestamp | undefined): string {
  if (!first || !last) return 'none that is recognised'
  return `${timeText(first)} to ${timeText(last)} (${durationText(last.ms - first.ms)})`
}

function timeText({ ms, zoned }: Timestamp): string {
  return `${new Date(ms).toISOString().slice(0, 19)}${zoned ? 'Z' : ''}`
}

/** The two largest units: `2 d 3 h`, `54 min 2 s`. */
function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24]
  const minutes = Math.floor(seconds / 60) % 60
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
