/** Failures of IndexedDB as errors of this house. */
import { IMError } from '../../src/index.ts'

/**
 * Whether a failure is that of the connection, not of what was asked for: browsers lose it when they clear data, when
 * their storage process ends, or when a page sleeps. Another one then works.
 */
export function isBroken(error: unknown): boolean {
  return /^(InvalidState|Unknown|Abort)Error$/.test((error as Error | null)?.name ?? 'AbortError')
}

/** An error of IndexedDB with a code of this house, by its name: its message differs among browsers, and may be empty. */
export function storageError(cause: unknown): IMError {
  if (cause instanceof IMError) return cause
  const { name = 'Error', message = '' } = (cause ?? {}) as Error
  if (name === 'QuotaExceededError') {
    return new IMError('STORAGE_FULL', 'The browser has no space left. Make room; what was saved is safe.', { cause })
  }
  if (name === 'VersionError') {
    const text = 'A newer version of this page has changed the database. Reload the page.'
    return new IMError('WORKSPACE_FORMAT_UNSUPPORTED', text, { cause })
  }
  return new IMError('STORAGE_IO', `The browser cannot read or write its database (${name}: ${message}).`, { cause })
}
