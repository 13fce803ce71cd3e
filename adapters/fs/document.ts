/** A collection as one JSON file: in memory as a sorted map, on disk one property a line. */
import { isUtf8 } from 'node:buffer'
import { type EncodedOperation, IMError, type Json, type Key, requireKey, SortedMap } from '../../src/index.ts'
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
   * Reads the file, if there is one; gives whether there is.
   * @throws IMError `STORAGE_DAMAGED` where it is not a JSON object: there is no other copy of what it held
   */
  async load(): Promise<boolean> {
    const bytes = await this.#folder.read(this.named.place)
    if (!bytes) return false
    const properties = readProperties(bytes)
    if (!properties) throw await this.#damaged(bytes)
    for (const { name, text, value } of properties) {
      const key = keyOf(this.#collection, name)
      if (key) this.map.fill(key, text, value)
      else await this.#reportName(name, bytes)
    }
    return true
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

  async #damaged(bytes: Buffer): Promise<IMError> {
    const quarantine = await this.#folder.quarantine(this.named.place, bytes)
    const message =
      `${this.#folder.path(this.named.place)} is not a JSON object (${bytes.length} bytes), so what it held cannot be read. ` +
      `Repair it, or remove it to go on without it; a copy is in ${quarantine}.`
    return new IMError('STORAGE_DAMAGED', message, { details: { place: this.named.place, quarantine } })
  }

  async #reportName(name: string, bytes: Buffer): Promise<void> {
    const quarantine = await this.#folder.quarantine(this.named.place, bytes)
    const message = `The property ${JSON.stringify(name)} names no key; it is left out.`
    this.#folder.report({ kind: 'bad-document', place: this.named.place, message, quarantine })
  }
}

/** The property of a key: its second part, where that is all and a text that does not look like an array. */
function nameOf([, ...rest]: Key): string {
  const [first] = rest
  return rest.length === 1 && typeof first === 'string' && !first.startsWith('[') ? first : JSON.stringify(rest)
}

function keyOf(collection: string, name: string): Key | undefined {
  if (!name.startsWith('[')) return [collection, name]
  try {
    return requireKey([collection, ...JSON.parse(name)])
  } catch {
    return undefined // not the name of a key; the caller reports it
  }
}

interface Property {
  readonly name: string
  readonly text: string
  readonly value: Json
}

/** The properties of a document; `undefined` where it is not a JSON object. */
function readProperties(bytes: Buffer): readonly Property[] | undefined {
  if (!isUtf8(bytes)) return undefined // decoding would replace what is damaged, and hide it
  const text = bytes.toString()
  return readLines(text) ?? readObject(text)
}

/** What a line begins with: two spaces, the name, a colon and a space. */
const START = /^ {2}"(?:[^"\\\n]|\\.)*": /my

/** A document as this adapter writes it: each line is parsed once, and its text kept. `undefined` for any other. */
function readLines(document: string): readonly Property[] | undefined {
  if (!document.startsWith('{\n') || !document.endsWith('\n}\n')) return undefined
  const properties: Property[] = []
  const end = document.length - 3
  try {
    for (let start = 2; start <= end; ) {
      const lineEnd = Math.min(document.indexOf('\n', start), end)
      START.lastIndex = start
      if (!START.test(document) || (document[lineEnd - 1] === ',') === (lineEnd === end)) return undefined
      const text = document.slice(START.lastIndex, lineEnd === end ? lineEnd : lineEnd - 1)
      const name = JSON.parse(document.slice(start + 2, START.lastIndex - 2)) as string
      properties.push({ name, text, value: JSON.parse(text) as Json })
      start = lineEnd + 1
    }
  } catch {
    return undefined // another program has written it; it is read as a whole
  }
  return new Set(properties.map(({ name }) => name)).size === properties.length ? properties : undefined
}

function readObject(document: string): readonly Property[] | undefined {
  try {
    const value: unknown = JSON.parse(document)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.entries<Json>(value as Record<string, Json>).map(([name, value]) => ({
      name,
      text: JSON.stringify(value),
      value,
    }))
  } catch {
    return undefined // the caller keeps a copy and refuses
  }
}
