/** What single fields may hold. Each is one check: a schema in steps would be many times its size in a browser. */
import * as v from 'valibot'
import { isAccountId, isId } from './id.ts'
import type { Json } from './json.ts'

const EVENT_ID = /^[\x21-\x7e]{1,128}$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/

/** An account, contact or conversation id. */
export const idSchema = v.custom<string>(isId)

/** An account id. */
export const accountIdSchema = v.custom<string>(isAccountId)

/** Whether a value can name an event: 1 to 128 printable ASCII characters. */
export function isEventId(value: unknown): value is string {
  return typeof value === 'string' && EVENT_ID.test(value)
}

/** An id that a client made for a message or another event: 1 to 128 printable ASCII characters, normally a UUIDv7. */
export const eventIdSchema = v.custom<string>(isEventId)

/** A count, an offset, a position: a whole number from 0. */
export const countSchema = v.custom<number>(value => Number.isSafeInteger(value) && (value as number) >= 0)

/** A sequence number: server-given, per conversation, from 1, without gaps. */
export const seqSchema = v.custom<number>(value => Number.isSafeInteger(value) && (value as number) > 0)

/** Any text. */
export const textSchema = v.custom<string>(value => typeof value === 'string')

/** Whether something is so. */
export const flagSchema = v.custom<boolean>(value => typeof value === 'boolean')

/** An instant, ISO 8601. */
export const instantSchema = v.custom<string>(value => typeof value === 'string' && INSTANT.test(value))

/** What a reaction says: 1 to 64 UTF-16 code units, normally an emoji. */
export const reactionTextSchema = v.custom<string>(isReactionText)

/** Whether a value can be a reaction. */
export function isReactionText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 64
}

/** Any JSON value: what reaches a schema has come out of `JSON.parse`. */
export const jsonSchema = v.custom<Json>(value => value !== undefined)

/** One of some words. */
export function oneOf<const Word extends string>(...words: Word[]) {
  const schema = v.custom<Word>(value => words.includes(value as Word))
  return Object.assign(schema, { words })
}

/** An object whose values are all of one kind, whatever they are called. */
export function recordOf<T>(schema: v.GenericSchema<unknown, T>) {
  return v.custom<Record<string, T>>(
    value =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every(item => v.safeParse(schema, item).success),
  )
}

/** A value whose `type` says which schema it has to pass. */
export function byType<S extends v.GenericSchema>(schemas: Readonly<Record<string, S>>, otherwise: S): v.LazySchema<S> {
  const known = new Map<unknown, S>(Object.entries(schemas))
  return v.lazy(value => known.get((value as { readonly type?: unknown } | null)?.type) ?? otherwise)
}
