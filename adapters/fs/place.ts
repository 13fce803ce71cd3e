/** What committed changes are brought to: a document or a log. */
import type { NamedPlace } from './layout.ts'

/** When a place is settled: at a checkpoint whatever it costs, otherwise when it has rested or waited long enough. */
export interface SettleOptions {
  readonly force: boolean
  /** Now, in milliseconds. */
  readonly now: number
}

/** A file with the changes that it does not hold yet. One settling at a time. */
export interface Place {
  readonly named: NamedPlace
  /** Brings changes to the file. Gives whether the file now holds them all. A rejection loses nothing. */
  settle(options: SettleOptions): Promise<boolean>
}

/** A place that was written to this long ago rests. Twice this, and the work itself, is how far a file may be behind. */
export const REST_MS = 60

/** A place that is written to without rest is brought up to date this often. */
export const BUSY_MS = 500
