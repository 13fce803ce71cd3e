/**
 * `data`: rich values, on the wire and at rest, by a private SuperJSON instance behind an allow-list.
 * What comes in is hostile: 83 bytes of annotation can ask for a gigabyte, so nothing is decoded that was not checked.
 */
import { SuperJSON } from 'superjson'
import { IMError } from '../errors.ts'
import type { Payload } from './event.ts'
import type { Json } from './json.ts'

/** The deepest nesting of `data`, either way. */
export const MAX_PAYLOAD_DEPTH = 100

/** The most digits of one bigint: conversion costs their square. */
const MAX_BIGINT_DIGITS = 4096

/** Superjson's annotations that are harmless: each builds one value of the size that its JSON has. */
const ALLOWED_TAGS: ReadonlySet<unknown> = new Set([
  'undefined',
  'bigint',
  'Date',
  'Error',
  'set',
  'map',
  'number',
  'URL',
])

/** Keys that superjson throws at. Plain JSON may hold them, rich values may not. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['constructor', 'prototype'])

/** No class or transformer is ever registered: the instance decides nothing but the built-in types. */
const superjson = new SuperJSON()

interface Finding {
  rich: boolean
  reserved: boolean
}

/**
 * Encodes a value as JSON with annotations, or as JSON alone where that says everything.
 * @throws IMError `PAYLOAD_INVALID` for what would be lost or could not be decoded: functions, symbols, instances of
 * classes, binary data, cycles, nesting beyond {@link MAX_PAYLOAD_DEPTH}, a key `__proto__`
 */
export function encodePayload(value: unknown): Payload {
  const finding: Finding = { rich: false, reserved: false }
  inspect(value, finding, 0)
  if (!finding.rich) return { json: value as Json }
  if (finding.reserved) throw invalid('a value with dates, maps or the like may not have a key "constructor"')
  const { json, meta } = superjson.serialize(value)
  return meta?.values
    ? { json: json as Json, meta: { values: meta.values, v: 1 } as unknown as Json }
    : { json: json as Json }
}

/**
 * Decodes what {@link encodePayload} made, here or at a peer.
 * @throws IMError `PAYLOAD_INVALID`; nothing was built then
 */
export function decodePayload({ json, meta }: Payload): unknown {
  checkJson(json, 0)
  if (meta === undefined) return json
  try {
    const bigints = checkMeta(meta)
    if (bigints) checkDigits(json)
    return superjson.deserialize({ json, meta } as Parameters<typeof superjson.deserialize>[0])
  } catch (cause) {
    throw cause instanceof IMError ? cause : invalid('its annotations do not fit it', cause)
  }
}

function invalid(problem: string, cause?: unknown): IMError {
  return new IMError('PAYLOAD_INVALID', `The data of the message is refused: ${problem}.`, { cause })
}

/** Walks a value that is to be sent: finds out what it needs, refuses what would be lost. */
function inspect(value: unknown, finding: Finding, depth: number): void {
  if (depth > MAX_PAYLOAD_DEPTH) throw invalid(`it is nested more than ${MAX_PAYLOAD_DEPTH} deep, or cyclic`)
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) finding.rich = true
      return
    case 'undefined':
    case 'bigint':
      finding.rich = true
      return
    case 'object':
      if (value !== null) inspectObject(value, finding, depth)
      return
    default:
      throw invalid(`it holds a ${typeof value}`)
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
    if (key === '__proto__') throw invalid('it has a key "__proto__"')
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
    if (Number.isNaN(value.getTime())) throw invalid('it holds an invalid date')
  } else if (!(value instanceof Error || value instanceof URL)) {
    throw invalid('it holds an instance of a class that cannot be carried')
  }
}

/** Walks JSON that came in. */
function checkJson(json: unknown, depth: number): void {
  if (typeof json !== 'object' || json === null) return
  if (depth > MAX_PAYLOAD_DEPTH) throw invalid(`it is nested more than ${MAX_PAYLOAD_DEPTH} deep`)
  for (const [key, item] of Object.entries(json)) {
    if (key === '__proto__') throw invalid('it has a key "__proto__"')
    checkJson(item, depth + 1)
  }
}

/** Checks annotations against the allow-list; says whether there are bigints among them. */
function checkMeta(meta: Json): boolean {
  const { values, ...rest } = meta as { values?: unknown; v?: unknown }
  const known = Object.keys(rest).every(key => key === 'v') && (rest.v === undefined || rest.v === 0 || rest.v === 1)
  if (!known) throw invalid('its annotations are of a kind that is not accepted')
  return values !== undefined && checkTree(values, 0)
}

/** A tree is `[tag]`, `[tag, {path: tree}]` or `{path: tree}`. */
function checkTree(tree: unknown, depth: number): boolean {
  if (depth > MAX_PAYLOAD_DEPTH) throw invalid('its annotations are nested too deep')
  if (!Array.isArray(tree)) return checkBranches(tree, depth)
  const [tag, branches] = tree
  if (!ALLOWED_TAGS.has(tag)) throw invalid('it asks for a type that is not accepted')
  const below = branches !== undefined && checkBranches(branches, depth)
  return tag === 'bigint' || below
}

function checkBranches(branches: unknown, depth: number): boolean {
  if (typeof branches !== 'object' || branches === null) throw invalid('its annotations are malformed')
  let bigints = false
  for (const branch of Object.values(branches)) bigints = checkTree(branch, depth + 1) || bigints
  return bigints
}

function checkDigits(json: unknown): void {
  if (typeof json === 'string' && json.length > MAX_BIGINT_DIGITS && /^\s*[-+]?\w+\s*$/.test(json)) {
    throw invalid('it holds a number of too many digits')
  }
  if (typeof json === 'object' && json !== null) for (const item of Object.values(json)) checkDigits(item)
}
