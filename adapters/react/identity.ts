/** Keeps the objects that a component has seen where nothing of them has changed: so it renders what did, and no more. */
import type { Message } from '../../src/index.ts'

/** Deeper values count as changed; some values hold themselves. */
const MAX_DEPTH = 16

/** Of any other object it is not known what it holds. */
const PLAIN: readonly unknown[] = [Object, Array]

type Named = Readonly<Record<string, unknown>>

/** What was there before, where the new value says the same. */
export function keep<T>(before: T | undefined, after: T): T {
  return before !== undefined && isEqual(before, after) ? before : after
}

/** The same for a list and for each of its items, which have names. */
export function keepList<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): readonly T[] {
  const known = new Map(before.map(item => [nameOf(item), item]))
  const list = after.map(item => keep(known.get(nameOf(item)), item))
  return list.length === before.length && list.every((item, index) => item === before[index]) ? before : list
}

/** The name of a message. Senders choose ids, so that two of them may choose the same. */
export function nameOfMessage({ conversationId, from, id }: Message): string {
  return `${conversationId}\n${from}\n${id}`
}

function isEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true
  const kind = kindOf(a)
  if (depth > MAX_DEPTH || !PLAIN.includes(kind) || kind !== kindOf(b)) return false
  const [before, after] = [a as Named, b as Named]
  const names = Object.keys(before)
  return (
    names.length === Object.keys(after).length &&
    names.every(name => name in after && (isCarried(before, name) || isEqual(before[name], after[name], depth + 1)))
  )
}

/** Whether it is what a message carries, which may be large: no message changes it but by an edit, which has a time. */
function isCarried(owner: Named, name: string): boolean {
  return name === 'data' && !!owner['sentAt'] && !owner['editedAt']
}

function kindOf(value: unknown): unknown {
  return (value as Named | null | undefined)?.['constructor']
}
