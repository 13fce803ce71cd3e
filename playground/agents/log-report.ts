/** The work of the sample employee: a report on a log, made slowly enough to be watched, and to be killed in the middle. */
import { setTimeout } from 'node:timers/promises'
import { analyseInSlices, linesOf } from './log-statistics.ts'

/** Fewer lines than this are one slice. */
const MIN_LINES_IN_SLICE = 20
/** A log is worked through in so many slices at most. */
const MAX_SLICES = 40
/** News of the work are told after each of so many parts of it, but the last. */
const PARTS = 4

/** How to work. */
export interface LogWork {
  /** When the log was sent, in milliseconds since 1970: tells the year of a line that names none. */
  readonly now: number
  /** How long each slice takes, in milliseconds. */
  readonly sliceMs: number
  /** Ends the work: it rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Told how far it has come. The same log gives the same news, however often it is worked through. */
  readonly onProgress: (news: string) => Promise<unknown>
}

/** Works through a log, slice by slice, and gives what was found. */
export async function reportOnLog(text: string, { now, sliceMs, signal, onProgress }: LogWork): Promise<string> {
  const total = [...linesOf(text)].length
  const linesInSlice = Math.max(MIN_LINES_IN_SLICE, Math.ceil(total / MAX_SLICES))
  let summary = ''
  let part = 0
  for await (const statistics of analyseInSlices(text, { linesInSlice, now })) {
    summary = statistics.summary()
    if (statistics.lines === total) break
    await setTimeout(sliceMs, undefined, { signal })
    const reached = Math.floor((statistics.lines / total) * PARTS)
    if (reached > part) await onProgress(`${(100 * reached) / PARTS} %: line ${statistics.lines} of ${total}`)
    part = reached
  }
  return summary
}
