/** Keys: their order, their rules, and a text form that can serve as a map's key. */
import { IMError } from '../errors.ts'
import type { Key, KeyPart, ListOptions } from './contract.ts'

const MAX_KEY_PARTS = 8

/** Compares keys part by part: numbers before strings, strings by UTF-16 code units, a prefix before what it begins. */
export function compareKeys(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const order = compareParts(a[index] as KeyPart, b[index] as KeyPart)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareParts(a: KeyPart, b: KeyPart): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether a key begins with the parts of a prefix. */
export function hasPrefix(key: Key, prefix: Key): boolean {
  return prefix.length <= key.length && prefix.every((part, index) => part === key[index])
}

/** Whether a key lies between the exclusive bounds of a listing. */
export function isWithin(key: Key, { after, before }: ListOptions): boolean {
  return (after === undefined || compareKeys(key, after) > 0) && (before === undefined || compareKeys(key, before) < 0)
}

/** A text that stands for the key and for no other. -0 and 0 are one key. */
export function keyText(key: Key): string {
  return JSON.stringify(key)
}

/**
 * Returns the key if it keeps the rules.
 * @throws IMError `STORAGE_KEY_INVALID`
 */
export function requireKey(key: Key): Key {
  const valid =
    Array.isArray(key) &&
    key.length >= 1 &&
    key.length <= MAX_KEY_PARTS &&
    typeof key[0] === 'string' &&
    key.every(part => typeof part === 'string' || Number.isFinite(part))
  if (!valid) throw new IMError('STORAGE_KEY_INVALID', `A key has 1 to ${MAX_KEY_PARTS} parts: strings or numbers.`)
  return key
}
