/** What parameters may look like before any schema sees them. The server never decodes `data`; it only bounds it. */
import { IMError } from '../errors.ts'
import type { ServerLimits } from './limits.ts'

/** What only the server says of an event. */
const STAMPS = ['from', 'seq', 'acceptedAt'] as const

/**
 * Refuses nesting and numbers of values beyond the limits, and keys that could pollute a prototype.
 * @throws IMError `PROTOCOL_PARAMS_INVALID`, `MESSAGE_TOO_LARGE`
 */
export function guardParams(params: unknown, { paramsDepth, paramsEntries }: ServerLimits): void {
  let entries = 0
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) return
    if (depth > paramsDepth) throw new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters are nested too deep.')
    if (!Array.isArray(value) && Object.hasOwn(value, '__proto__')) {
      throw new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters have a key "__proto__".')
    }
    for (const item of Object.values(value)) {
      if (++entries > paramsEntries) throw new IMError('MESSAGE_TOO_LARGE', 'The parameters hold too many values.')
      walk(item, depth + 1)
    }
  }
  walk(params, 0)
}

/**
 * Refuses parameters that carry what only the server may say.
 * @throws IMError `FORBIDDEN`
 */
export function guardStamps(params: unknown): void {
  if (typeof params !== 'object' || params === null) return
  for (const field of STAMPS) {
    if (Object.hasOwn(params, field)) {
      throw new IMError('FORBIDDEN', `Only the server says "${field}".`, { details: { field } })
    }
  }
}

/**
 * Refuses a text beyond the limit.
 * @throws IMError `MESSAGE_TOO_LARGE`
 */
export function guardText(text: string, { textLength }: ServerLimits): void {
  if (text.length <= textLength) return
  throw new IMError('MESSAGE_TOO_LARGE', `A text has at most ${textLength} characters.`, {
    details: { length: text.length, limit: textLength },
  })
}
