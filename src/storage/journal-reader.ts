/** Reads what a crash left of a journal: the whole records, and what is damaged between and behind them. */
import type { Checksum } from './checksum.ts'
import { decodeRecord, type JournalRecord } from './journal-record.ts'

/** A stretch of a journal that is no record. */
export interface JournalDamage {
  readonly kind: 'torn-tail' | 'bad-journal-record'
  readonly bytes: Uint8Array
  /** Its line, counted from 1. */
  readonly line: number
  readonly message: string
}

/** What a journal holds. `text` is the journal without its damage. */
export interface JournalContents {
  readonly records: readonly JournalRecord[]
  readonly text: string
  readonly damage: readonly JournalDamage[]
}

const LINE_FEED = 0x0a

/** Splits at line feeds only. What follows the last one was never acknowledged: a group's own line feed is its last byte. */
export function readJournal(bytes: Uint8Array, checksum: Checksum): JournalContents {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const records: JournalRecord[] = []
  const damage: JournalDamage[] = []
  let text = ''
  let start = 0
  let number = 1
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    const line = decodeLine(decoder, bytes.subarray(start, end))
    const record = line === undefined ? undefined : decodeRecord(line, checksum)
    const previous = records.at(-1)?.number ?? 0
    if (record && record.number > previous) {
      records.push(record)
      text += `${line}\n`
    } else damage.push(badRecord(bytes.slice(start, end + 1), number, previous))
    start = end + 1
    number += 1
  }
  if (start < bytes.length) damage.push(tornTail(bytes.slice(start), number))
  return { records, text, damage }
}

function decodeLine(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined // not UTF-8, hence not written by encodeRecord
  }
}

function badRecord(bytes: Uint8Array, line: number, previous: number): JournalDamage {
  const message = `Line ${line} of the journal, the record after number ${previous}, is damaged; it was left out.`
  return { kind: 'bad-journal-record', bytes, line, message }
}

function tornTail(bytes: Uint8Array, line: number): JournalDamage {
  const message = `The journal ended, in line ${line}, in ${bytes.length} bytes of a record that was never acknowledged; they were cut off.`
  return { kind: 'torn-tail', bytes, line, message }
}
