/**
 * A record of the journal as a key of its own: its name says by whom and in what order, its head what it follows, its text is
 * lines of the shared journal. A record is written once.
 */
import { type Marks, parseMarks } from './generations.ts'

/**
 * `opening`: what an owner found when it took over; counts once `confirmed` follows. `whole`: the journal anew, after values
 * were brought to their places. `group`: batches that were added.
 */
export type RecordKind = 'opening' | 'confirmed' | 'whole' | 'group'

/** What is said before the text of a record. */
export interface RecordHead {
  readonly kind: RecordKind
  /** The name of the record before. What is not on the way back from the newest record was rejected. */
  readonly previous?: string | undefined
  /** The name of the `opening` or `whole` record with which the journal begins. */
  readonly floor: string
  readonly marks?: Marks | undefined
}

/** A record with its text. */
export interface JournalEntry extends RecordHead {
  readonly text: string
}

/** What a record's name says. */
export interface RecordId {
  /** Larger at each owner that follows another. */
  readonly epoch: number
  /** Grows from record to record. */
  readonly sequence: number
  /** Tells owners apart. */
  readonly owner: string
}

/** Nobody has come so far: what is named by more was not written here, and whoever went on from it could not count. */
const REACHABLE = 2 ** 52

const NAME = /^j:([0-9a-z]{1,11})-([0-9a-z]{1,11})-([0-9a-f]+)$/

/** The name of a record. */
export function recordName({ epoch, sequence, owner }: RecordId): string {
  return `j:${epoch.toString(36)}-${sequence.toString(36)}-${owner}`
}

/** What a name says, or `undefined` where it is not one of a record. */
export function parseRecordName(name: string): RecordId | undefined {
  const match = NAME.exec(name)
  if (!match) return undefined
  const [, ...digits] = match
  const [epoch = 0, sequence = 0] = digits.slice(0, 2).map(text => Number.parseInt(text, 36))
  return Math.max(epoch, sequence) > REACHABLE ? undefined : { epoch, sequence, owner: match[3] as string }
}

/** Orders records: later owners after former ones, and each owner's in its own order. */
export function compareRecords(a: RecordId, b: RecordId): number {
  return a.epoch - b.epoch || a.sequence - b.sequence
}

/** The value of a record. */
export function encodeEntry({ text, ...head }: JournalEntry): string {
  return `${JSON.stringify(head)}\n${text}`
}

/** The record of a value, or `undefined` where it is none. */
export function decodeEntry(body: string): JournalEntry | undefined {
  const end = body.indexOf('\n')
  try {
    const head = JSON.parse(body.slice(0, end)) as RecordHead & { marks?: unknown }
    if (typeof head.kind !== 'string' || typeof head.floor !== 'string') return undefined
    return { ...head, marks: parseMarks(head.marks), text: body.slice(end + 1) }
  } catch {
    return undefined // sealed by a version that writes something else
  }
}
