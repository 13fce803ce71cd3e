/** Encodes `data`: loaded when a message first carries some. */
import type { Payload } from './event.ts'
import type { Json } from './json.ts'
import { invalidPayload, MAX_PAYLOAD_DEPTH } from './payload.ts'

/** Keys that superjson throws at. Plain JSON may hold them, rich values may not. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['constructor', 'prototype'])

interface Finding {
  rich: boolean
  /** JSON leaves it out of an object, which `data` must not. */
  undefined: boolean
  reserved: boolean
}

/**
 * Encodes a value as JSON, with annotations where it needs them.
 * @throws IMError `PAYLOAD_INVALID` for what would be lost or could not be decoded: functions, symbols, instances of
 * classes, binary data, cycles, nesting beyond {@link MAX_PAYLOAD_DEPTH}, a key `__proto__`
 */
export async function encodePayload(value: unknown): Promise<Payload> {
  return isPlain(value) ? plainPayload(value) : (await import('./rich-payload.ts')).encodeRich(value)
}

/** Whether a value is JSON; what is not needs annotations. @throws as {@link encodePayload} */
export function isPlain(value: unknown): boolean {
  const finding = find(value)
  if (!finding.rich && !finding.undefined) return true
  if (finding.reserved) throw invalidPayload('a value with dates, maps or the like may not have a key "constructor"')
  return false
}

/** A copy of JSON: the caller may go on to change it. */
export function plainPayload(value: unknown): Payload {
  return { json: JSON.parse(JSON.stringify(value)) as Json }
}

/**
 * Copies JSON values: the caller may go on to change them.
 * @throws IMError `PAYLOAD_INVALID` for what is not JSON
 */
export function copyJson(values: readonly Json[]): Json[] {
  if (find(values).rich) throw invalidPayload('its parts are not JSON')
  return JSON.parse(JSON.stringify(values)) as Json[]
}

function find(value: unknown): Finding {
  const finding: Finding = { rich: false, undefined: false, reserved: false }
  inspect(value, finding, 0)
  return finding
}

/** Walks a value that is to be sent: finds out what it needs, refuses what would be lost. */
function inspect(value: unknown, finding: Finding, depth: number): void {
  if (depth > MAX_PAYLOAD_DEPTH) throw invalidPayload(`it is nested more than ${MAX_PAYLOAD_DEPTH} deep, or cyclic`)
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) finding.rich = true
      return
    case 'undefined':
      finding.undefined = true
      return
    case 'bigint':
      finding.rich = true
      return
    case 'object':
      if (value !== null) inspectObject(value, finding, depth)
      return
    default:
      throw invalidPayload(`it holds a ${typeof value}`)
  }
}

function inspectObject(value: object, finding: Finding, depth: number): void {
  if (Array.isArray(value)) {
    for (const item of value) inspect(item, finding, depth + 1)
    return
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) inspectEntries(value, finding, depth)
  else inspectRich(value, finding, depth)
}

function inspectEntries(value: object, finding: Finding, depth: number): void {
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw invalidPayload('it has a key "__proto__"')
    if (RESERVED_KEYS.has(key)) finding.reserved = true
    inspect(item, finding, depth + 1)
  }
}

function inspectRich(value: object, finding: Finding, depth: number): void {
  finding.rich = true
  if (value instanceof Map) {
    for (const entry of value) inspect(entry, finding, depth + 1)
  } else if (value instanceof Set) {
    for (const item of value) inspect(item, finding, depth + 1)
  } else if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw invalidPayload('it holds an invalid date')
  } else if (!(value instanceof Error || value instanceof URL)) {
    throw invalidPayload('it holds an instance of a class that cannot be carried')
  }
}
