/**
 * The text of a document: a JSON object, one property a line. A line stands for itself, so that what is damaged in one
 * takes no other with it.
 */
import { isUtf8 } from 'node:buffer'
import { type Json, type Key, requireKey } from '../../src/index.ts'

/** The property of a key: its second part, where that is all and a text that does not look like an array. */
export function nameOf([, ...rest]: Key): string {
  const [first] = rest
  return rest.length === 1 && typeof first === 'string' && !first.startsWith('[') ? first : JSON.stringify(rest)
}

/** The key of a property; `undefined` where its name is that of none. */
export function keyOf(collection: string, name: string): Key | undefined {
  if (!name.startsWith('[')) return [collection, name]
  try {
    return requireKey([collection, ...JSON.parse(name)])
  } catch {
    return undefined // not the name of a key; the caller reports it
  }
}

/** A property of a document: its name, its value, and the value's text. */
export interface Property {
  readonly name: string
  readonly text: string
  readonly value: Json
}

/** The properties of a document; `undefined` where it is not a JSON object. */
export function readProperties(bytes: Buffer): readonly Property[] | undefined {
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

/** What can be read of a damaged document: the lines that are properties, and the numbers of those that are none. */
export interface Salvage {
  readonly properties: readonly Property[]
  readonly badLines: readonly number[]
}

/** Reads a damaged document line by line. A property that is there twice counts as its last. */
export function salvageProperties(bytes: Buffer): Salvage {
  const properties = new Map<string, Property>()
  const badLines: number[] = []
  for (const [index, line] of linesOf(bytes).entries()) {
    if (/^[{}]?$/.test(line.toString())) continue
    const property = isUtf8(line) ? readLine(line.toString()) : undefined
    if (property) properties.set(property.name, property)
    else badLines.push(index + 1)
  }
  return { properties: [...properties.values()], badLines }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    lines.push(bytes.subarray(start, end < 0 ? bytes.length : end))
    start = end < 0 ? bytes.length : end + 1
  }
  return lines
}

function readLine(line: string): Property | undefined {
  const start = /^ {2}("(?:[^"\\]|\\.)*"): /.exec(line)
  if (!start) return undefined
  const text = line.slice(start[0].length).replace(/,$/, '')
  try {
    return { name: JSON.parse(start[1] ?? '') as string, text, value: JSON.parse(text) as Json }
  } catch {
    return undefined // damaged; the caller tells its number
  }
}
