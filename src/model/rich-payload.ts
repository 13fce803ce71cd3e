/**
 * Rich values in `data` by a private SuperJSON instance, behind an allow-list: 83 bytes of annotation can ask for a
 * gigabyte. Loaded when the first such value is met; this is the one file that imports superjson.
 */
import { SuperJSON } from 'superjson'
import type { Payload } from './event.ts'
import type { Json } from './json.ts'
import { invalidPayload, MAX_PAYLOAD_DEPTH } from './payload.ts'

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

/** No class or transformer is ever registered: the instance decides nothing but the built-in types. */
const superjson = new SuperJSON()

/** Encodes a value that was inspected: see `encodePayload`. Shared references become copies. */
export function encodeRich(value: unknown): Payload {
  const { json, meta } = superjson.serialize(value)
  const values = meta?.values as unknown as Json | undefined
  return values === undefined ? { json: json as Json } : { json: json as Json, meta: { values, v: 1 } }
}

/** Decodes annotated JSON. @throws IMError `PAYLOAD_INVALID`; nothing was built then */
export function decodeRich(json: Json, meta: Json): unknown {
  if (checkMeta(meta)) checkDigits(json)
  return superjson.deserialize({ json, meta } as Parameters<typeof superjson.deserialize>[0])
}

/** Checks annotations against the allow-list; says whether there are bigints among them. */
function checkMeta(meta: Json): boolean {
  const { values, ...rest } = meta as { values?: unknown; v?: unknown }
  const known = Object.keys(rest).every(key => key === 'v') && (rest.v === undefined || rest.v === 0 || rest.v === 1)
  if (!known) throw invalidPayload('its annotations are of a kind that is not accepted')
  return values !== undefined && checkTree(values, 0)
}

/** A tree is `[tag]`, `[tag, {path: tree}]` or `{path: tree}`. */
function checkTree(tree: unknown, depth: number): boolean {
  if (depth > MAX_PAYLOAD_DEPTH) throw invalidPayload('its annotations are nested too deep')
  if (!Array.isArray(tree)) return checkBranches(tree, depth)
  const [tag, branches] = tree
  if (!ALLOWED_TAGS.has(tag)) throw invalidPayload('it asks for a type that is not accepted')
  const below = branches !== undefined && checkBranches(branches, depth)
  return tag === 'bigint' || below
}

function checkBranches(branches: unknown, depth: number): boolean {
  if (typeof branches !== 'object' || branches === null) throw invalidPayload('its annotations are malformed')
  let bigints = false
  for (const branch of Object.values(branches)) bigints = checkTree(branch, depth + 1) || bigints
  return bigints
}

function checkDigits(json: unknown): void {
  if (typeof json === 'string' && json.length > MAX_BIGINT_DIGITS && /^\s*[-+]?\w+\s*$/.test(json)) {
    throw invalidPayload('it holds a number of too many digits')
  }
  if (typeof json === 'object' && json !== null) for (const item of Object.values(json)) checkDigits(item)
}
