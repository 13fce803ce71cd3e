/** All entries: which there are, in memory and in order; what they hold, in the store or still on the way there. */
import {
  type EncodedOperation,
  IMError,
  type JournalPlaces,
  type Json,
  type Key,
  keyText,
  type ListOptions,
  type StorageEntry,
  type StorageRepair,
} from '../../src/index.ts'
import { counts, type Generations, type Marks } from './generations.ts'
import type { Litter } from './litter.ts'
import { ENTRIES, entryName, parseEntryName } from './names.ts'
import { OrderedKeys } from './ordered-keys.ts'
import { type Found, inLanes, type Store } from './store.ts'

/** The log. What of it is damaged is left out and told; the server has it, and fills the gap. */
const LOG = 'events'

/** What {@link Places} work with. */
export interface PlacesOptions {
  readonly store: Store
  readonly litter: Litter
  readonly generations: Generations
  readonly confirm: () => Promise<void>
  /** Keeps a damaged value; gives where. */
  readonly quarantine: (raw: string) => Promise<string>
  readonly onRepair: (repair: StorageRepair) => void
  /** Whether damaged values outside the log are left out as well. */
  readonly rebuild: boolean
}

/** A value that an entry has, or had. */
interface Version {
  readonly place: string
  readonly generation: number
}

/** An entry of a listing before its value was read. */
interface Listed {
  readonly key: Key
  readonly name: string
  /** Its value, where it is on the way. */
  readonly text: string | undefined
  readonly place: string | undefined
}

/** See the head of this file. */
export class Places implements JournalPlaces {
  readonly #options: PlacesOptions
  readonly #keys = new OrderedKeys()
  /** Where values are, by the text of their key: the last place counts, those before are on their way out. */
  readonly #places = new Map<string, string[]>()
  /** What the journal holds and the store does not. */
  readonly #pending = new Map<string, EncodedOperation>()
  #settling: Promise<void> = Promise.resolve()

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  /** Finds out which entries there are. Reads names only, and the values of those whose key is too long for one. */
  async load(names: readonly string[], marks: Marks): Promise<void> {
    const { litter } = this.#options
    const own = names.filter(name => name.startsWith(ENTRIES))
    const numbered: Version[] = []
    const versions: (readonly [Version, Key])[] = []
    for (const place of own) {
      const parsed = parseEntryName(place)
      if (!parsed) continue // not written by any version up to this one
      const version = { place, generation: parsed.generation }
      if (!counts(parsed.generation, marks)) litter.add([place])
      else if (parsed.key) versions.push([version, parsed.key])
      else numbered.push(version)
    }
    versions.push(...(await this.#readKeys(numbered)))
    versions.sort(([a], [b]) => a.generation - b.generation)
    for (const [{ place }, key] of versions) {
      const name = keyText(key)
      this.#supersede(name, place)
      this.#keys.add(key, name)
    }
  }

  apply(operations: readonly EncodedOperation[]): void {
    for (const operation of operations) {
      this.#pending.set(operation.name, operation)
      if (operation.text === undefined) this.#keys.remove(operation.key, operation.name)
      else this.#keys.add(operation.key, operation.name)
    }
  }

  settle(): Promise<void> {
    const turn = this.#settling.then(() => this.#settle())
    this.#settling = turn.catch(() => undefined) // told to whoever asked for this turn
    return turn
  }

  async get(key: Key): Promise<Json | undefined> {
    const name = keyText(key)
    if (!this.#keys.has(name)) return undefined
    return (await this.#read([this.#listed(key, name)]))[0]?.value
  }

  async list(prefix: Key, options: ListOptions): Promise<StorageEntry[]> {
    return await this.#read(this.#keys.list(prefix, options).map(({ key, name }) => this.#listed(key, name)))
  }

  #listed(key: Key, name: string): Listed {
    const text = this.#pending.get(name)?.text
    return { key, name, text, place: text === undefined ? this.#places.get(name)?.at(-1) : undefined }
  }

  /** The entries of one moment, whatever is written while they are read. */
  async #read(listed: readonly Listed[]): Promise<StorageEntry[]> {
    const places = listed.flatMap(({ place }) => place ?? [])
    const { litter, store } = this.#options
    const found = places.length > 0 ? await litter.guard(() => store.readAll(places)) : []
    const values = new Map(found.map((value, index) => [places[index] as string, value]))
    const entries: StorageEntry[] = []
    for (const one of listed) {
      const value = one.text === undefined ? await this.#valueOf(one, values) : (JSON.parse(one.text) as Json)
      if (value !== undefined) entries.push({ key: one.key.slice() as unknown as Key, value })
    }
    return entries
  }

  async #valueOf({ key, name, place }: Listed, values: ReadonlyMap<string, Found>): Promise<Json | undefined> {
    const found = values.get(place ?? '')
    const entry = parseEntry(found?.body)
    if (entry && keyText(entry.key) === name) return entry.value
    const { confirm, rebuild, onRepair, quarantine } = this.#options
    await confirm() // or it was a successor that has removed it
    const where = place ?? name
    const what = found?.present ? 'is damaged' : 'is gone, although nothing has deleted it'
    if (key[0] !== LOG && !rebuild) {
      const text = `The value of ${name} ${what}. Bring the store back from a copy, or open it with "rebuild" to go on without.`
      throw new IMError('STORAGE_DAMAGED', text, { details: { place: where } })
    }
    const kept = found?.present ? { quarantine: await quarantine(found.raw) } : {}
    if (this.#places.get(name)?.at(-1) !== place) return undefined // told by another read, or overwritten meanwhile
    this.#forget(key, name)
    onRepair({ kind: 'bad-document', place: where, message: `The value of ${name} ${what}; it was left out.`, ...kept })
    return undefined
  }

  #forget(key: Key, name: string): void {
    this.#options.litter.add(this.#places.get(name) ?? [])
    this.#places.delete(name)
    if (!this.#pending.has(name)) this.#keys.remove(key, name)
  }

  async #settle(): Promise<void> {
    if (this.#pending.size === 0) return
    const { confirm, generations, litter, store } = this.#options
    await confirm()
    const operations = [...this.#pending.values()]
    await this.#delete(operations.filter(({ text }) => text === undefined))
    const puts = operations.filter(({ text }) => text !== undefined)
    const generation = generations.begin()
    const placed = puts.map((operation, count) => ({
      operation,
      place: entryName(operation.key, generation, count),
    }))
    try {
      await inLanes(placed, ({ operation, place }) => store.write(place, `[${operation.name},${operation.text}]`))
    } catch (error) {
      generations.fail(generation)
      litter.add(placed.map(({ place }) => place))
      throw error
    }
    generations.settle(generation)
    for (const { operation, place } of placed) {
      this.#supersede(operation.name, place)
      this.#done(operation)
    }
  }

  #supersede(name: string, place: string): void {
    const { litter } = this.#options
    const former = this.#places.get(name) ?? []
    litter.add(former.slice(-1))
    this.#places.set(name, [...former.filter(one => litter.has(one)), place])
  }

  /** Removed before the journal forgets that they were deleted: whoever opens next would take them for entries. */
  async #delete(operations: readonly EncodedOperation[]): Promise<void> {
    const { litter, store } = this.#options
    if (operations.length > 0) await litter.unread()
    await inLanes(operations, async operation => {
      for (const place of this.#places.get(operation.name) ?? []) await store.remove(place)
      this.#places.delete(operation.name)
      this.#done(operation)
    })
  }

  #done(operation: EncodedOperation): void {
    if (this.#pending.get(operation.name) === operation) this.#pending.delete(operation.name)
  }

  async #readKeys(numbered: readonly Version[]): Promise<(readonly [Version, Key])[]> {
    const { onRepair, quarantine, store, litter } = this.#options
    const found = await store.readAll(numbered.map(({ place }) => place))
    const listed = new Set(found.every(({ present }) => present) ? [] : await store.names())
    const keys: (readonly [Version, Key])[] = []
    for (const [index, version] of numbered.entries()) {
      const { body, raw, present } = found[index] as Found
      const entry = parseEntry(body)
      if (entry) keys.push([version, entry.key])
      // The former owner was about to remove it still: it is superseded, or deleted in the journal.
      if (entry || !(present || listed.has(version.place))) continue
      const message = 'A value whose key is in it alone is damaged; it was left out.'
      onRepair({ kind: 'bad-document', place: version.place, message, quarantine: await quarantine(raw) })
      litter.add([version.place])
    }
    return keys
  }
}

function parseEntry(body: string | undefined): StorageEntry | undefined {
  if (body === undefined) return undefined
  const [key, value] = JSON.parse(body) as [Key, Json]
  return { key, value }
}
