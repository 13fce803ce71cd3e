/** One record of the journal: a group of batches as a line of JSON, numbered and with a checksum over its own text. */
import type { Json } from '../model/json.ts'
import type { Checksum } from './checksum.ts'
import type { Key } from './contract.ts'
import { keyText } from './key.ts'
import type { EncodedOperation } from './operation.ts'

/** A group of batches as the journal holds it: their steps, one after the other. */
export interface JournalRecord {
  /** Grows by one from record to record. */
  readonly number: number
  readonly operations: readonly EncodedOperation[]
}

const HEAD = /^\{"number":(\d{1,15}),"sum":(\d{1,10}),"batch":/

/** The line of a record, with its line feed. */
export function encodeRecord({ number, operations }: JournalRecord, checksum: Checksum): string {
  const steps = operations.map(({ name, text }) => (text === undefined ? `[${name}]` : `[${name},${text}]`))
  const batch = `[${steps.join(',')}]`
  return `{"number":${number},"sum":${checksum(`${number}:${batch}`)},"batch":${batch}}\n`
}

/** The record of a line without its line feed, or `undefined` where the line is not one, whole and unaltered. */
export function decodeRecord(line: string, checksum: Checksum): JournalRecord | undefined {
  const head = HEAD.exec(line)
  if (!head || !line.endsWith('}')) return undefined
  const number = Number(head[1])
  const batch = line.slice(head[0].length, -1)
  if (Number(head[2]) !== checksum(`${number}:${batch}`)) return undefined
  const steps = JSON.parse(batch) as [Key, Json?][]
  const operations = steps.map(([key, ...value]) => ({
    key,
    name: keyText(key),
    text: value.length > 0 ? JSON.stringify(value[0]) : undefined,
  }))
  return { number, operations }
}
