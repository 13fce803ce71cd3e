/** Failures of drivers as errors of this house. What a driver says itself may hold a URL with a password: it is not passed on. */
import { IMError } from '../../src/index.ts'

/** Names and codes are of this form; anything else may be a sentence with a secret in it. */
const NAME = /^\w[\w.-]{0,63}$/

/** What systems, browsers and servers call a store that has no space left. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'QuotaExceededError', 507])

/** How Redis begins its refusal where its memory is used up. */
const REDIS_FULL = 'OOM '

/**
 * The failure of a driver's call: `STORAGE_FULL` where there is no space, `STORAGE_IO` otherwise. Tells the call, the error's
 * name and its code, and keeps nothing else of it.
 */
export function storageError(cause: unknown, call: string): IMError {
  if (cause instanceof IMError) return cause
  const { name, code, status, message } = (cause ?? {}) as Record<string, unknown>
  const told = { call, ...plain('name', name), ...plain('code', code), ...plain('status', status) }
  const what = [told.name, told.code, told.status].filter(text => text !== undefined).join(' ')
  const reason = `${call}: ${what || 'no name'}`
  const full = [name, code, status].some(fact => FULL.has(fact)) || String(message).startsWith(REDIS_FULL)
  if (full) {
    const text = `The store has no space left (${reason}). Make room; what was acknowledged is safe.`
    return new IMError('STORAGE_FULL', text, { details: told })
  }
  const text = `The store cannot be read or written (${reason}). Check the driver and what stands behind it, then try again.`
  return new IMError('STORAGE_IO', text, { details: told })
}

function plain<Name extends string>(name: Name, fact: unknown): { [K in Name]?: string } {
  const text = typeof fact === 'number' || typeof fact === 'string' ? String(fact) : ''
  return (NAME.test(text) ? { [name]: text } : {}) as { [K in Name]?: string }
}
