/** Refuses keys that reach for what every object inherits, though `data` of a client of its own may have them, and depth that no recursion survives. */
import { IMError } from '../../src/index.ts'

const WILD: readonly string[] = ['__proto__', 'constructor', 'prototype']

/**
 * The deepest nesting: `data` may be nested 100 deep, and stands a few levels deep in a call itself; what annotates sets
 * within sets is nested twice as deep.
 */
const MAX_DEPTH = 256

/** Looks at the whole of a parsed value. @throws IMError `PROTOCOL_PARAMS_INVALID` */
export function requireTame(value: unknown): void {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters are nested too deep.')
    level = level.flatMap(membersOf)
  }
}

function membersOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value
  if (Object.keys(value).some(key => WILD.includes(key))) {
    throw new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters have a key that no parameter has.')
  }
  return Object.values(value)
}
