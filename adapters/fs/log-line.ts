/** One line of a conversation's file. */
import { isUtf8 } from 'node:buffer'
import type { JsonObject } from '../../src/index.ts'
import type { Line } from './lines.ts'

/** An entry of a log and where its line begins. */
export interface LogEntry {
  readonly seq: number
  readonly value: JsonObject
  readonly line: Line
}

/** The entry of a line, or `undefined` where the line is not the JSON of an object with a `seq`. */
export function parseLogLine(line: Line): LogEntry | undefined {
  if (!isUtf8(line.bytes)) return undefined // decoding would replace what is damaged, and hide it
  try {
    const value: unknown = JSON.parse(line.bytes.toString())
    if (typeof value !== 'object' || value === null || !('seq' in value)) return undefined
    return typeof value.seq === 'number' ? { seq: value.seq, value: value as JsonObject, line } : undefined
  } catch {
    return undefined // a bad line; the caller keeps and reports it
  }
}
