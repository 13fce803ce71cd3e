/** The few assertions that the cases need, without a test runner. */
import type { IMErrorCode, Json, Key, StorageAdapter, StorageEntry, WriteOperation } from '../../src/index.ts'

/** A promise of the contract that an adapter does not keep. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure'
}

const MAX_SHOWN = 300

/**
 * The text of a value, with the properties of objects in one order: two values are equal when their texts are.
 * Written by hand, because an own property `__proto__` must count.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`
}

/** Fails unless both values are the same JSON. `what` ends the sentence "Expected … ". */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [canonical(actual), canonical(expected)]
  if (a !== b) throw new ConformanceFailure(`Expected ${what} to be ${clip(b, a)}, not ${clip(a, b)}.`)
}

/** Fails unless the condition holds. */
export function expectThat(condition: boolean, sentence: string): void {
  if (!condition) throw new ConformanceFailure(sentence)
}

/**
 * Fails unless the promise rejects with this code. The class is known by its name and not by its identity, because an
 * adapter may have been loaded with another copy of the library.
 */
export async function expectRejection(promise: Promise<unknown>, code: IMErrorCode, what: string): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason ?? 'nothing',
  )
  if (error === undefined) throw new ConformanceFailure(`Expected ${what} to be rejected with ${code}.`)
  const found = error instanceof Error && error.name === 'IMError' && 'code' in error ? error.code : undefined
  if (found === code) return
  throw new ConformanceFailure(`Expected ${what} to be rejected with ${code}, not with ${found ?? error}.`, {
    cause: error,
  })
}

/** Fails unless each entry can be read by its key, and their listing below `prefix` is these entries in this order. */
export async function expectEntries(
  storage: StorageAdapter,
  prefix: Key,
  expected: readonly StorageEntry[],
): Promise<void> {
  for (const { key, value } of expected) expectEqual(await storage.get(key), value, `the value at ${canonical(key)}`)
  expectEqual(await storage.list(prefix), expected, `the listing of ${canonical(prefix)}`)
}

/** A step that sets a value. */
export function put(key: Key, value: Json): WriteOperation {
  return { type: 'put', key, value }
}

/** A step that deletes a key. */
export function del(key: Key): WriteOperation {
  return { type: 'delete', key }
}

/** The stretch around the first difference: a listing of ten thousand entries would hide it. */
function clip(text: string, other: string): string {
  let same = 0
  while (same < text.length && text[same] === other[same]) same++
  const from = Math.max(0, same - MAX_SHOWN / 3)
  const shown = text.slice(from, from + MAX_SHOWN)
  return `${from > 0 ? '…' : ''}${shown}${from + MAX_SHOWN < text.length ? '…' : ''}`
}
