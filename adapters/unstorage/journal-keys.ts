/** The journal in a store that can neither append nor replace in one step: each record under a key of its own. */
import type { JournalMedium } from '../../src/index.ts'
import { type Chain, chainOf, type FoundRecord, foundRecord } from './chain.ts'
import type { Generations, Marks } from './generations.ts'
import type { Litter } from './litter.ts'
import { compareRecords, encodeEntry, type JournalEntry, parseRecordName, type RecordId, recordName } from './record.ts'
import type { Found, Store } from './store.ts'

/** How often the journal is listed anew where a record is gone that was listed: its owner may be taking it away. */
const LISTINGS = 4

/** What a {@link JournalKeys} works with. */
export interface JournalKeysOptions {
  readonly store: Store
  readonly litter: Litter
  readonly generations: Generations
  /** Tells this owner's records from those of any other. */
  readonly owner: string
  /** Rejects with `STORAGE_FENCED` where another owner has taken over. */
  readonly confirm: () => Promise<void>
}

/**
 * A {@link JournalMedium}. What makes others superfluous is written first, then the claim is confirmed, then they are removed:
 * a successor that lists the journal after it took the claim finds either all of the former or what replaced it.
 */
export class JournalKeys implements JournalMedium {
  readonly place = 'journal'
  readonly #options: JournalKeysOptions
  #epoch = 1
  #sequence = 0
  /** Records that are there, as far as this owner knows. */
  #held: string[] = []
  #floor: string | undefined
  #last: string | undefined
  /** What was last before the last append. */
  #before: string | undefined
  /** Whether a record was rejected, may be there, and nothing after it says that it does not count. */
  #doubtful = false
  /** What {@link load} found, for the first who reads. */
  #found: Chain | undefined
  #kept = 0
  #final = false

  constructor(options: JournalKeysOptions) {
    this.#options = options
  }

  /**
   * Looks at what former owners left, and gives what they say of values: nothing where there is no journal, or its
   * beginning is damaged. @throws IMError `STORAGE_IO`
   */
  async load(names: readonly string[]): Promise<Marks | undefined> {
    const records = await this.#settled(names.filter(isRecord))
    this.#held = records.map(({ name }) => name)
    for (const { epoch, sequence } of this.#held.map(idOf)) {
      this.#epoch = Math.max(this.#epoch, epoch + 1)
      this.#sequence = Math.max(this.#sequence, sequence)
    }
    this.#found = chainOf(records)
    const { links } = this.#found
    this.#last = links.at(-1)?.name
    const marks = links[0] && 'entry' in links[0] ? links[0].entry?.marks : undefined
    return marks && { ...marks, end: Math.max(...records.map(({ entry }) => entry?.marks?.end ?? 0)) }
  }

  async read(): Promise<Uint8Array> {
    const { links, torn } = this.#found ?? (await this.#readBack())
    this.#found = undefined
    const lines = links.map(link => ('entry' in link && link.entry ? link.entry.text : `${oneLine(link.raw)}\n`))
    return new TextEncoder().encode([...lines, ...torn.map(({ raw }) => oneLine(raw))].join(''))
  }

  async append(text: string): Promise<void> {
    this.#before = this.#last
    const name = this.#newName()
    this.#doubtful = true
    await this.#put(name, { kind: 'group', previous: this.#last, floor: this.#floor ?? name, text })
    this.#last = name
    this.#doubtful = false
  }

  /** Removing is not enough: a call that has failed may take effect later, and be the newest record then. */
  async rollback(): Promise<void> {
    const name = this.#held.at(-1) as string
    this.#last = this.#before
    this.#doubtful = true
    await this.#options.store.remove(name)
    await this.append('')
  }

  async replace(text: string): Promise<void> {
    const { confirm, generations, litter } = this.#options
    const former = this.#held
    this.#held = []
    const opening = this.#floor === undefined
    const name = this.#newName()
    // Where records go on, what they say has a place to come to still, and a number to come.
    const marks = generations.marks(this.#final && text === '')
    try {
      await this.#put(name, { kind: opening ? 'opening' : 'whole', previous: this.#last, floor: name, marks, text })
      await confirm()
      if (opening) await this.#confirmOpening(name)
    } catch (error) {
      this.#held.unshift(...former)
      throw error
    }
    this.#floor = name
    this.#last = this.#held.at(-1)
    this.#doubtful = false
    litter.add(former)
    litter.sweep()
  }

  async keep(bytes: Uint8Array): Promise<string> {
    return await this.quarantine(new TextDecoder().decode(bytes))
  }

  /** Keeps what was found damaged for people to look at; gives its place. */
  async quarantine(raw: string): Promise<string> {
    this.#kept += 1
    const name = `q:${this.#options.owner}-${this.#kept}`
    await this.#options.store.write(name, raw)
    return name
  }

  /** Says that nothing will be added any more: what is to be brought to its place when the journal is empty has been. */
  finish(): void {
    this.#final = true
  }

  /** Sees to it that nothing that was rejected is taken for the last record. */
  async close(): Promise<void> {
    if (this.#doubtful && this.#last !== undefined) await this.append('')
  }

  /** From here on the journal is this owner's; what others open meanwhile lacks nothing that anybody was told of. */
  async #confirmOpening(floor: string): Promise<void> {
    await this.#put(this.#newName(), { kind: 'confirmed', previous: floor, floor, text: '' })
    await this.#options.confirm()
  }

  #newName(): string {
    this.#sequence += 1
    return recordName({ epoch: this.#epoch, sequence: this.#sequence, owner: this.#options.owner })
  }

  async #put(name: string, entry: JournalEntry): Promise<void> {
    this.#held.push(name) // first: what is rejected may be there all the same
    await this.#options.store.write(name, encodeEntry(entry))
  }

  /** What is there of this owner's own journal. */
  async #readBack(): Promise<Chain> {
    const last = idOf(this.#last ?? '')
    const names = this.#held.filter(name => compareRecords(idOf(name), last) <= 0)
    return { ...chainOf(await this.#records(names)), torn: [] }
  }

  /** Reads records until none is gone that was listed. */
  async #settled(listed: readonly string[]): Promise<FoundRecord[]> {
    let names = listed
    for (let listing = 1; ; listing += 1) {
      const records = await this.#records(names)
      if (records.length === names.length || listing === LISTINGS) return records
      names = (await this.#options.store.names()).filter(isRecord)
    }
  }

  async #records(names: readonly string[]): Promise<FoundRecord[]> {
    const found = await this.#options.store.readAll(names)
    return names.flatMap((name, index) => foundRecord(name, found[index] as Found) ?? [])
  }
}

function isRecord(name: string): boolean {
  return parseRecordName(name) !== undefined
}

function idOf(name: string): RecordId {
  return parseRecordName(name) ?? { epoch: 0, sequence: 0, owner: '' }
}

/** What is damaged takes one line of the journal's text, and is none of its records. */
function oneLine(raw: string): string {
  return `damaged ${raw.replaceAll('\n', ' ')}`
}
