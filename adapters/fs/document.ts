/** A collection as one JSON file: in memory as a sorted map, on disk one property a line. */
import { type EncodedOperation, IMError, SortedMap } from '../../src/index.ts'
import { keyOf, nameOf, type Property, readProperties, salvageProperties } from './document-text.ts'
import type { Folder } from './folder.ts'
import { documentPlace, type NamedPlace } from './layout.ts'
import { BUSY_MS, type Place, REST_MS, type SettleOptions } from './place.ts'

/** While a document changes without rest, at most this part of the time goes into rewriting it. */
const REWRITE_SHARE = 1 / 8

/** See the head of this file. */
export class Document implements Place {
  readonly map = new SortedMap()
  readonly named: NamedPlace
  readonly #collection: string
  readonly #folder: Folder
  #version = 0
  #changedAt = 0
  /** Until then a document that does not rest waits. */
  #dueAt = 0

  constructor(folder: Folder, collection: string) {
    this.#folder = folder
    this.#collection = collection
    this.named = documentPlace(collection)
  }

  /**
   * Reads the file; `absent` where there is none. With `rebuild`, one that is damaged is kept in quarantine, and begun anew
   * with what can be read of it: `rebuilt`.
   * @throws IMError `STORAGE_DAMAGED` where it is not a JSON object, but for `rebuild`: there is no other copy of what it held
   */
  async load({ rebuild }: { readonly rebuild: boolean }): Promise<'absent' | 'read' | 'rebuilt'> {
    const bytes = await this.#folder.read(this.named.place)
    if (!bytes) return 'absent'
    const properties = readProperties(bytes)
    if (properties) await this.#fill(properties, bytes)
    else await this.#fill(await this.#salvaged(bytes, rebuild), bytes)
    return properties ? 'read' : 'rebuilt'
  }

  /** Takes a committed step. */
  apply({ key, text, name }: EncodedOperation, now: number): void {
    this.map.set(key, text, name)
    this.#version += 1
    this.#changedAt = now
  }

  async settle({ force, now }: SettleOptions): Promise<boolean> {
    if (!force && now - this.#changedAt < REST_MS && now < this.#dueAt) return false
    const version = this.#version
    const startedAt = this.#folder.clock.elapsed()
    await this.#folder.replace(this.named.place, this.#text())
    this.#dueAt = now + Math.max(BUSY_MS, (this.#folder.clock.elapsed() - startedAt) / REWRITE_SHARE)
    return version === this.#version
  }

  /** Texts are joined, never parsed: `__proto__` is a name like any other. */
  #text(): string {
    const lines = this.map.texts([this.#collection]).map(({ key, text }) => `  ${JSON.stringify(nameOf(key))}: ${text}`)
    return lines.length > 0 ? `{\n${lines.join(',\n')}\n}\n` : '{}\n'
  }

  async #fill(properties: readonly Property[], bytes: Buffer): Promise<void> {
    for (const { name, text, value } of properties) {
      const key = keyOf(this.#collection, name)
      if (key) this.map.fill(key, text, value)
      else await this.#reportName(name, bytes)
    }
  }

  async #salvaged(bytes: Buffer, rebuild: boolean): Promise<readonly Property[]> {
    const { place } = this.named
    const quarantine = await this.#folder.quarantine(place, bytes)
    const { properties, badLines } = salvageProperties(bytes)
    const [line] = badLines
    const where = line === undefined ? `its end, ${bytes.length} bytes` : `line ${line}`
    if (rebuild) {
      const lost = badLines.length > 0 ? `line ${badLines.join(', ')} could not be read` : 'its end is missing'
      const message = `${place} was made anew with ${properties.length} entries: ${lost}.`
      this.#folder.report({ kind: 'bad-document', place, message, quarantine, ...(line === undefined ? {} : { line }) })
      return properties
    }
    const message =
      `${this.#folder.path(place)} is damaged (${where}): it is no JSON object, so what it held cannot be read. ` +
      `Run im-client doctor, which keeps what can be read of it, or remove it to go on without it; a copy is in ${quarantine}.`
    const details = { place, quarantine, ...(line === undefined ? {} : { line }) }
    throw new IMError('STORAGE_DAMAGED', message, { details })
  }

  async #reportName(name: string, bytes: Buffer): Promise<void> {
    const quarantine = await this.#folder.quarantine(this.named.place, bytes)
    const message = `The property ${JSON.stringify(name)} names no key; it is left out.`
    this.#folder.report({ kind: 'bad-document', place: this.named.place, message, quarantine })
  }
}
