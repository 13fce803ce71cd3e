/** Times and sizes, as people of the language write them. */

/** A day, a time, and what lies between. `now` in milliseconds since 1970. */
export interface TimeFormat {
  /** `14:03` */
  time(iso: string): string
  /** Everything there is to say. */
  full(iso: string): string
  /** A day for a separator: `Today`, `Yesterday`, `Monday`, `28 November`, with the year where it is another. */
  day(iso: string, now: number): string
  /** As short as a list needs it: a time today, a weekday this week, a date before. */
  short(iso: string, now: number): string
}

const DAY_MS = 86_400_000
/** Days back to which a weekday is a name. */
const WEEK = 6

/** Times in a language, in the reader's own time zone. */
export function timeFormat(language: string): TimeFormat {
  const make = (options: Intl.DateTimeFormatOptions) => lazily(() => new Intl.DateTimeFormat(language, options))
  const time = make({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const full = make({ dateStyle: 'full', timeStyle: 'medium' })
  const weekday = make({ weekday: 'long' })
  const shortWeekday = make({ weekday: 'short' })
  const date = make({ day: 'numeric', month: 'long' })
  const dateOfYear = make({ day: 'numeric', month: 'long', year: 'numeric' })
  const shortDate = make({ day: 'numeric', month: 'short' })
  const shortDateOfYear = make({ day: 'numeric', month: 'numeric', year: 'numeric' })
  const relative = lazily(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }))
  const sameYear = (at: Date, now: number) => at.getFullYear() === new Date(now).getFullYear()
  return {
    time: iso => time().format(new Date(iso)),
    full: iso => full().format(new Date(iso)),
    day(iso, now) {
      const at = new Date(iso)
      const ago = daysBetween(at, now)
      if (ago >= 0 && ago <= 1) return capital(relative().format(-ago, 'day'))
      if (ago > 1 && ago <= WEEK) return weekday().format(at)
      return (sameYear(at, now) ? date : dateOfYear)().format(at)
    },
    short(iso, now) {
      const at = new Date(iso)
      const ago = daysBetween(at, now)
      if (ago === 0) return time().format(at)
      if (ago > 0 && ago <= WEEK) return shortWeekday().format(at)
      return (sameYear(at, now) ? shortDate : shortDateOfYear)().format(at)
    },
  }
}

/** The day of an instant in the reader's time zone, as a key. */
export function dayKey(iso: string): string {
  const at = new Date(iso)
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`
}

/** A size in characters, roughly: `1.0 M`, `12 k`. */
export function sizeText(characters: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(characters)
}

/** Something that is made when it is first asked for, and kept. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function daysBetween(at: Date, now: number): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
  return Math.round((day(new Date(now)) - day(at)) / DAY_MS)
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}
