/**
 * Values as the store holds them: one text that no driver changes, with a checksum. Drivers that write in place leave half a
 * value after a crash, or parts of two, and unstorage itself turns texts that look like JSON into something else.
 */
import { crc32 } from '../../src/index.ts'

/** Begins every value. Neither JSON nor a number, so that reading does not parse it. */
const PREFIX = 'im1'

const HEAD = /^im1 (\d{1,10}) (\d{1,10}) /

/** A text for the place of this name, and for no other. */
export function seal(name: string, body: string): string {
  return `${PREFIX} ${crc32(`${name} ${body}`)} ${body.length} ${body}`
}

/** The text that was sealed for the place of this name, or `undefined` where the value is anything else. */
export function unseal(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const head = HEAD.exec(value)
  if (!head) return undefined
  const body = value.slice(head[0].length)
  return Number(head[2]) === body.length && Number(head[1]) === crc32(`${name} ${body}`) ? body : undefined
}
