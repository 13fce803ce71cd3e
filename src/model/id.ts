/** Identifiers: who may be called what, and the ids that clients make. */
import { IMError } from '../errors.ts'
import type { Clock, Random } from './clock.ts'

/** The longest account, contact or conversation id, in UTF-16 code units. */
export const MAX_ID_LENGTH = 255

/** What the id of every group begins with, and no account's may. */
export const GROUP_PREFIX = 'group-'

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a text can name an account, a contact or a conversation. */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH && !CONTROL_CHARACTER.test(value)
  )
}

/** Whether a conversation id is that of a group. */
export function isGroupId(id: string): boolean {
  return id.startsWith(GROUP_PREFIX)
}

/** Whether a text can name an account: an id that is not a group's. */
export function isAccountId(value: unknown): value is string {
  return isId(value) && !isGroupId(value)
}

/** Whether a text has the form of a UUID, in lower case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/**
 * Returns the id if it can name something of this kind.
 * @throws IMError `ID_INVALID`; `TypeError` where it is not a string
 */
export function requireId(id: unknown, what: 'account' | 'contact' | 'conversation'): string {
  if (typeof id !== 'string') throw new TypeError(`The ${what} id must be a string, not ${typeof id}.`)
  if (what === 'account' ? isAccountId(id) : isId(id)) return id
  const rule = `1 to ${MAX_ID_LENGTH} characters, no control characters`
  const extra = what === 'account' ? `, not beginning with "${GROUP_PREFIX}"` : ''
  throw new IMError('ID_INVALID', `Not a valid ${what} id (${rule}${extra}).`, { details: { length: id.length } })
}

/** Gives ids that grow: see {@link createUuidSource}. */
export type UuidSource = () => string

/**
 * Random bytes that are drawn at once: asking for eight at a time costs more than all the rest of an id. The first block
 * is small, because most sources give a few ids only.
 */
const FIRST_BLOCK = 64
const RANDOM_BLOCK = 4096

/** The two hexadecimal digits of each byte. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * UUID version 7 (RFC 9562, section 5.7), strictly growing within one source even when the clock stands
 * still or steps back: 48 bits of milliseconds, then a 12-bit counter (method 1 of section 6.2), then random bits.
 */
export function createUuidSource(clock: Clock, random: Random): UuidSource {
  let last = 0
  let counter = 0
  let block: Uint8Array = new Uint8Array(0)
  let next = 0
  const tail = (): string => {
    if (next === block.length) {
      block = random.bytes(block.length === 0 ? FIRST_BLOCK : RANDOM_BLOCK)
      next = 0
    }
    let text = HEX[((block[next] ?? 0) & 0x3f) | 0x80] ?? ''
    for (let index = next + 1; index < next + 8; index++) text += HEX[block[index] ?? 0]
    next += 8
    return `${text.slice(0, 4)}-${text.slice(4)}`
  }
  return () => {
    const now = clock.now()
    if (now > last) {
      last = now
      counter = 0
    } else if (++counter > 0xfff) {
      last += 1
      counter = 0
    }
    const time = last.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail()}`
  }
}
