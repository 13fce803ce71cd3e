/** Values on the command line. A time is `500ms`, `30s`, `2m`, `12h` or `30d`; a bare number is seconds. */
import { InvalidArgumentError } from 'commander'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The longest time that a timer can wait, in milliseconds. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** A span of time in milliseconds. @throws InvalidArgumentError for what is none */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim())
  const unit = UNITS_MS[match?.[2] ?? 's']
  if (!match || unit === undefined) throw new InvalidArgumentError('Write a time like 500ms, 30s, 2m, 12h or 30d.')
  return Math.round(Number(match[1]) * unit)
}

/** A span for a timer. @throws InvalidArgumentError for what is none, or is too long for one */
export function parseTimeout(text: string): number {
  const duration = parseDuration(text)
  if (duration > MAX_TIMER_MS) throw new InvalidArgumentError('At most 24d.')
  return duration
}

/** A count or a sequence number. @throws InvalidArgumentError for anything but a positive whole number */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.')
  return count
}

/** A port, 0 included. @throws InvalidArgumentError for what is none */
export function parsePort(text: string): number {
  const port = Number(text)
  if (text.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('Write a port from 0 to 65535.')
  }
  return port
}
