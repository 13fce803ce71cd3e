/** Finds in what is there the records that make up the journal. Who counts as what is argued in `docs/storage.md`. */
import { compareRecords, decodeEntry, type JournalEntry, parseRecordName, type RecordId } from './record.ts'
import type { Found } from './store.ts'

/** A record as it was found; without an entry it is damaged. */
export interface FoundRecord {
  readonly name: string
  readonly id: RecordId
  readonly raw: string
  readonly entry: JournalEntry | undefined
}

/** A record of the journal that cannot be read. */
export interface BrokenLink {
  readonly name: string
  readonly raw: string
}

/** The journal from its floor on. */
export interface Chain {
  readonly links: readonly (FoundRecord | BrokenLink)[]
  /** Damaged records behind the last: a crash cut them off while they were written. Nobody was told that they are safe. */
  readonly torn: readonly FoundRecord[]
}

/** Reads what was found under a name; `undefined` where nothing is there, or nothing of the journal. */
export function foundRecord(name: string, { present, body, raw }: Found): FoundRecord | undefined {
  const id = parseRecordName(name)
  if (!present || !id) return undefined
  return { name, id, raw, entry: body === undefined ? undefined : decodeEntry(body) }
}

/**
 * The journal among these records: the way back from the newest one that counts. An `opening` counts only where nothing else
 * does: an owner that was overtaken while it opened may leave one that lacks what others have added meanwhile.
 */
export function chainOf(records: readonly FoundRecord[]): Chain {
  const sorted = [...records].sort((a, b) => compareRecords(a.id, b.id))
  const whole = sorted.filter(record => record.entry)
  const head = whole.findLast(({ entry }) => entry?.kind !== 'opening') ?? whole.at(-1)
  const torn = sorted.filter(({ id, entry }) => !entry && (!head || compareRecords(id, head.id) > 0))
  return { links: head ? wayBack(head, whole, new Map(records.map(record => [record.name, record]))) : [], torn }
}

function wayBack(
  head: FoundRecord,
  whole: readonly FoundRecord[],
  named: ReadonlyMap<string, FoundRecord>,
): (FoundRecord | BrokenLink)[] {
  const links: (FoundRecord | BrokenLink)[] = [head]
  let record = head
  while (record.entry && record.entry.floor !== record.name && record.entry.previous !== undefined) {
    const { previous } = record.entry
    const before = named.get(previous)
    if (before?.entry) record = before
    else {
      links.unshift({ name: previous, raw: before?.raw ?? '' })
      const next = nextBelow(previous, record, whole)
      if (!next) break
      record = next
    }
    links.unshift(record)
  }
  return links
}

/** The newest record below one that cannot be read, at or above the floor. */
function nextBelow(broken: string, { entry }: FoundRecord, whole: readonly FoundRecord[]): FoundRecord | undefined {
  const [id, floor] = [parseRecordName(broken), parseRecordName(entry?.floor ?? '')]
  if (!id || !floor) return undefined
  return whole.findLast(one => compareRecords(one.id, id) < 0 && compareRecords(one.id, floor) >= 0)
}
