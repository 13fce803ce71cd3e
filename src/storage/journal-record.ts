/** One record of the journal: a batch as a line of JSON, numbered and with a checksum over its own text. */
import type { Json } from '../model/json.ts'
import { crc32 } from './checksum.ts'
import type { Key, WriteOperation } from './contract.ts'
import { requireKey } from './key.ts'
import { encodeValue } from './sorted-map.ts'

/** One step of a batch with its value as JSON text; without a text it deletes. */
export interface EncodedOperation {
  readonly key: Key
  readonly text: string | undefined
}

/** A batch as the journal holds it. */
export interface JournalRecord {
  /** Grows by one from record to record. */
  readonly number: number
  readonly operations: readonly EncodedOperation[]
}

const HEAD = /^\{"number":(\d{1,15}),"sum":"([0-9a-f]{8})","batch":/

/**
 * Checks a step and takes copies of its key and value.
 * @throws IMError `STORAGE_KEY_INVALID`, `STORAGE_VALUE_INVALID`
 */
export function encodeOperation(operation: WriteOperation): EncodedOperation {
  const [collection, ...rest] = requireKey(operation.key)
  return { key: [collection, ...rest], text: operation.type === 'put' ? encodeValue(operation.value) : undefined }
}

/** The line of a record, with its line feed. The values' texts go in as they are. */
export function encodeRecord({ number, operations }: JournalRecord): string {
  const steps = operations.map(({ key, text }) =>
    text === undefined ? `[${JSON.stringify(key)}]` : `[${JSON.stringify(key)},${text}]`,
  )
  const batch = `[${steps.join(',')}]`
  return `{"number":${number},"sum":"${checksum(number, batch)}","batch":${batch}}\n`
}

/** The record of a line without its line feed, or `undefined` where the line is not one, whole and unaltered. */
export function decodeRecord(line: string): JournalRecord | undefined {
  const head = HEAD.exec(line)
  if (!head || !line.endsWith('}')) return undefined
  const number = Number(head[1])
  const batch = line.slice(head[0].length, -1)
  if (head[2] !== checksum(number, batch)) return undefined
  const steps = JSON.parse(batch) as [Key, Json?][]
  const operations = steps.map(([key, ...value]) => ({
    key,
    text: value.length > 0 ? JSON.stringify(value[0]) : undefined,
  }))
  return { number, operations }
}

function checksum(number: number, batch: string): string {
  return crc32(`${number}:${batch}`).toString(16).padStart(8, '0')
}
