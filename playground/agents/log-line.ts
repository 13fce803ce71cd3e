/** What one line of a log says: its time, its level, its words, and its shape. Pure functions of the line. */

/** The levels that are told apart. */
export const LEVELS = ['ERROR', 'WARN', 'INFO', 'DEBUG'] as const

/** A level. */
export type Level = (typeof LEVELS)[number]

/** An instant of a line. `zoned`: the line says in which time zone; otherwise it is taken as if it were UTC. */
export interface Timestamp {
  readonly ms: number
  readonly zoned: boolean
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = MONTHS.join('|')
const CLOCK = String.raw`([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)`

/** ISO 8601 and RFC 3339, also with a space for the `T` and a comma before the fraction. */
const ISO = new RegExp(String.raw`(?<!\d)(\d{4})-(\d\d)-(\d\d)[T ]${CLOCK}(?:[.,](\d+))?(?:(Z|[+-]\d\d):?(\d\d)?)?`)
/** `28/Nov/2026:04:05:06 +0000`, as web servers write it. */
const COMMON = new RegExp(String.raw`(?<!\d)(\d\d)/(${MONTH})/(\d{4}):${CLOCK} ([+-]\d\d)(\d\d)`)
/** `Nov 28 04:05:06`, as syslog writes it: no year, and a day of one digit after two spaces. */
const SYSLOG = new RegExp(String.raw`(?<!\w)(${MONTH}) ([ 0-3]?\d) ${CLOCK}(?!\d)`)

const DAY_MS = 86_400_000

/**
 * The first timestamp of a line. A line of syslog names no year: it is of the latest year in which it is not after the
 * day that follows `now`.
 */
export function timestampOf(line: string, now: number): Timestamp | undefined {
  const found = [fromIso(line), fromCommon(line), fromSyslog(line, now)].filter(item => item !== undefined)
  const [first, ...others] = found
  if (!first) return undefined
  return others.reduce((a, b) => (b.index < a.index ? b : a), first).time
}

interface Found {
  readonly index: number
  readonly time: Timestamp
}

function fromIso(line: string): Found | undefined {
  const match = ISO.exec(line)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '0', zone, zoneMinutes] = match
  const ms = utc([year, Number(month) - 1, day], [hour, minute, second])
  if (ms === undefined) return undefined
  const exact = ms + Math.floor(Number(`0.${fraction}`) * 1000)
  return { index: match.index, time: inZone(exact, zone, zoneMinutes) }
}

function fromCommon(line: string): Found | undefined {
  const match = COMMON.exec(line)
  if (!match) return undefined
  const [, day, month = '', year, hour, minute, second, zone, zoneMinutes] = match
  const ms = utc([year, MONTHS.indexOf(month), day], [hour, minute, second])
  return ms === undefined ? undefined : { index: match.index, time: inZone(ms, zone, zoneMinutes) }
}

function fromSyslog(line: string, now: number): Found | undefined {
  const match = SYSLOG.exec(line)
  if (!match) return undefined
  const [, month = '', day, hour, minute, second] = match
  const thisYear = new Date(now + DAY_MS).getUTCFullYear()
  // 29 February is not in every year, and not always in one of four.
  for (let year = thisYear; year > thisYear - 9; year--) {
    const ms = utc([year, MONTHS.indexOf(month), day], [hour, minute, second])
    if (ms !== undefined && ms <= now + DAY_MS) return { index: match.index, time: { ms, zoned: false } }
  }
  return undefined
}

type Part = string | number | undefined

/** The instant of a date and a time in UTC; `undefined` where the calendar has no such day. */
function utc([year, month, day]: readonly [Part, number, Part], clock: readonly Part[]): number | undefined {
  const [hour, minute, second] = clock.map(Number)
  const midnight = new Date(Date.UTC(Number(year), month, Number(day)))
  if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== Number(day)) return undefined
  return midnight.getTime() + ((hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)) * 1000
}

function inZone(ms: number, zone: string | undefined, minutes = '0'): Timestamp {
  if (zone === undefined) return { ms, zoned: false }
  if (zone === 'Z') return { ms, zoned: true }
  const sign = zone.startsWith('-') ? -1 : 1
  const offsetMinutes = sign * (Math.abs(Number(zone)) * 60 + Number(minutes))
  return { ms: ms - offsetMinutes * 60_000, zoned: true }
}

/** A level as a word of its own: not a part of a path, of a name or of a longer word. */
const LEVEL = /(?<![\w./-])(error|warn(?:ing)?|info|debug)(?![\w/-]|\.\w)/i

/** The level of a line: the first that it names, for what follows is what happened. `warning` is `WARN`. */
export function levelOf(line: string): Level | undefined {
  const found = LEVEL.exec(line)?.[1]?.toUpperCase()
  return found === 'WARNING' ? 'WARN' : LEVELS.find(level => level === found)
}

/** Runs of letters and digits of any script. */
const RUN = /[\p{L}\p{M}\p{N}_]+/gu
/** Scripts whose words stand together without spaces. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

/** Pieces for the segmenter: each segment holds a copy of all it was given. A word at a cut counts as two. */
const PIECE = /.{1,200}/gsu

/** The words of a line: runs of letters, digits and `_`; where a script has no spaces, what the segmenter says. */
export function wordsOf(line: string, segmenter: Intl.Segmenter): string[] {
  return (line.match(RUN) ?? []).flatMap(run => {
    if (!UNSPACED.test(run)) return [run]
    const segments = (run.match(PIECE) ?? []).flatMap(piece => [...segmenter.segment(piece)])
    return segments.filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment)
  })
}

/** Letters that make a word worth counting; a character of Chinese says more than a letter. */
const MIN_LETTERS = 4
const MIN_CHARACTERS = 2
/** What is longer is no word: a key, or a text in some encoding. */
const MAX_LETTERS = 40

/** Whether a word says what a log is about: letters alone, enough of them, and no level. */
export function isTelling(word: string): boolean {
  if (word.length > MAX_LETTERS || !/^[\p{L}\p{M}]+$/u.test(word) || levelOf(word) !== undefined) return false
  return [...word].length >= (UNSPACED.test(word) ? MIN_CHARACTERS : MIN_LETTERS)
}

type Placeholder = string | ((found: string, ...groups: (string | undefined)[]) => string)

/** What is replaced in a shape, in this order: an earlier one may hold what a later one would find. */
const PLACEHOLDERS: readonly (readonly [pattern: RegExp, placeholder: Placeholder])[] = [
  [new RegExp(`${ISO.source}|${COMMON.source}|${SYSLOG.source}`, 'g'), '<time>'],
  [
    /((?<=[{,]\s*)"[\w.@-]{1,40}"\s*:)|"(?:[^"\\]|\\.)*"|(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)/g,
    (_, key?: string) => key ?? '<text>',
  ],
  [/(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/gi, '<uuid>'],
  [/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)/g, '<ip>'],
  [/(?<![\w:])(?=[a-f:]*\d)(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi, '<ip>'],
  [
    /(?<![\w:])(?=[a-f:]*\d)(?:[0-9a-f]{1,4}:){0,6}(?:[0-9a-f]{1,4})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])/gi,
    '<ip>',
  ],
  [/(?<!\w)(?:0x[0-9a-f]+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,})(?!\w)/gi, '<hex>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
]

/** Of a longer line only this much makes its shape. */
const MAX_SHAPED = 500
/** A shape is cut after this many characters. */
const MAX_SHAPE = 120

/** A line with what differs from one event to the next replaced: lines of one shape were written by one statement. */
export function shapeOf(line: string): string {
  let shape = line.slice(0, MAX_SHAPED)
  for (const [pattern, placeholder] of PLACEHOLDERS) {
    shape = typeof placeholder === 'string' ? shape.replace(pattern, placeholder) : shape.replace(pattern, placeholder)
  }
  shape = shape.replace(/\s+/g, ' ').trim()
  return shape.length > MAX_SHAPE ? `${shape.slice(0, MAX_SHAPE - 1)}…` : shape
}
