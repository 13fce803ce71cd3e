/**
 * Keys as names that every driver keeps apart: lower-case letters, digits, `-` and `_` only. File systems fold case, URLs are
 * decoded, and unstorage itself cuts at `?`, joins at `/` and `\`, and takes a `$` at the end for its own.
 *
 * `_xxxx` is a UTF-16 unit, `_s` begins a part that is a text, `_n` one that is a number, `_v` the generation that wrote it.
 */
import type { Key, KeyPart } from '../../src/index.ts'

/** Begins the names of all entries. */
export const ENTRIES = 'e:'

/** File names have at most 255 bytes; a longer name goes on in a folder, whose name ends in {@link FOLDER}. */
const MAX_SEGMENT = 180

/** No value's name ends so: what is a folder is never a file as well. */
const FOLDER = '_d'

/** Longer names are numbered, and their keys are in their values: paths and keys of some stores have bounds. */
const MAX_NAME = 4 * MAX_SEGMENT

/** Begins a numbered name. */
const NUMBERED = '_l'

const TOKEN = /_([0-9a-f]{4})|_([sn])|([a-z0-9-]+)/y

/** Nobody has come so far: what is named by more was not written here, and whoever went on from it could not count. */
const REACHABLE = 2 ** 52

const GENERATION = /_v([0-9a-z]{1,11})$/

/** What a name tells. */
export interface ParsedName {
  /** `undefined` where the name is numbered. */
  readonly key: Key | undefined
  readonly generation: number
}

/** The name under which a generation puts the value of a key. `count` tells names of one generation that are numbered apart. */
export function entryName(key: Key, generation: number, count: number): string {
  const whole = encodeKey(key)
  const text = whole.length > MAX_NAME ? `${NUMBERED}${count.toString(36)}` : whole
  const segments = text.match(new RegExp(`.{1,${MAX_SEGMENT}}`, 'g')) ?? ['']
  const last = segments.length - 1
  const path = segments
    .map((segment, index) => segment + (index < last ? FOLDER : `_v${generation.toString(36)}`))
    .join(':')
  return ENTRIES + path
}

/** What a name tells, or `undefined` where it is none of these. */
export function parseEntryName(name: string): ParsedName | undefined {
  const suffix = GENERATION.exec(name)
  if (!suffix) return undefined
  const generation = Number.parseInt(suffix[1] as string, 36)
  const segments = name.slice(ENTRIES.length, suffix.index).split(':')
  const folders = segments.slice(0, -1)
  if (!folders.every(folder => folder.endsWith(FOLDER))) return undefined
  const text = folders.map(folder => folder.slice(0, -FOLDER.length)).join('') + segments.at(-1)
  if (text.startsWith(NUMBERED)) return { key: undefined, generation }
  const key = decodeKey(text)
  return key && encodeKey(key) === text ? { key, generation } : undefined
}

/** The highest generation that has left a value, whether it counts or not; 0 where there is none. */
export function highestGeneration(names: readonly string[]): number {
  return names.reduce((highest, name) => {
    const [, digits] = (name.startsWith(ENTRIES) && GENERATION.exec(name)) || []
    const generation = Number.parseInt(digits ?? '0', 36)
    return generation > REACHABLE ? highest : Math.max(highest, generation)
  }, 0)
}

function encodeKey(key: Key): string {
  return key
    .map((part, index) => (index === 0 ? '' : typeof part === 'number' ? '_n' : '_s') + encodePart(part))
    .join('')
}

function encodePart(part: KeyPart): string {
  const text = typeof part === 'number' ? JSON.stringify(part) : part
  return text.replace(/[^a-z0-9-]/g, unit => `_${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function decodeKey(text: string): Key | undefined {
  const parts: { kind: string; text: string }[] = [{ kind: 's', text: '' }]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const [, unit, kind, plain] = TOKEN.exec(text) ?? []
    const last = parts.at(-1) as { text: string }
    if (unit !== undefined) last.text += String.fromCharCode(Number.parseInt(unit, 16))
    else if (plain !== undefined) last.text += plain
    else if (kind !== undefined) parts.push({ kind, text: '' })
    else return undefined
  }
  return parts.map(part => (part.kind === 'n' ? Number(part.text) : part.text)) as unknown as Key
}
