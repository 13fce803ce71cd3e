/** Keeps the objects that a component has seen where nothing of them has changed: so it renders what did, and no more. */
import type { Message } from '../../src/index.ts'

/** Deeper values count as changed; some values hold themselves. */
const MAX_DEPTH = 16

/** What was there before, where the new value says the same. */
export function keep<T>(before: T | undefined, after: T): T {
  return before !== undefined && isEqual(before, after) ? before : after
}

/** The same for a message. What it carries cannot change but by an edit, and may be large. */
export function keepMessage(before: Message | undefined, after: Message): Message {
  if (!before || !isEqual({ ...before, data: 0 }, { ...after, data: 0 })) return after
  return after.editedAt === undefined || isEqual(before.data, after.data) ? before : after
}

/** The same for a list and for each of its items, which have names. */
export function keepList<T>(
  before: readonly T[],
  after: readonly T[],
  { nameOf, keepItem = keep }: { nameOf(item: T): string; keepItem?(before: T | undefined, after: T): T },
): readonly T[] {
  const known = new Map(before.map(item => [nameOf(item), item]))
  const list = after.map(item => keepItem(known.get(nameOf(item)), item))
  return list.length === before.length && list.every((item, index) => item === before[index]) ? before : list
}

/** The same for messages. Senders choose ids, so that two of them may choose the same. */
export function keepMessages(before: readonly Message[], after: readonly Message[]): readonly Message[] {
  return keepList(before, after, { nameOf: ({ from, id }) => `${from}\n${id}`, keepItem: keepMessage })
}

function isEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true
  if (depth > MAX_DEPTH || !isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every(name => isEqual(a[name], b[name], depth + 1))
}

/** A plain object or an array: of any other object it is not known what it holds. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}
