/** Failures of IndexedDB as errors of this house. Loaded with the first failure. */
import { IMError } from '../../src/index.ts'

/** An error of IndexedDB with a code of this house, by its name: its message differs among browsers, and may be empty. */
export function storageError(cause: unknown): IMError {
  if (cause instanceof IMError) return cause
  const { name = 'AbortError', message = '' } = (cause ?? {}) as Error
  if (name === 'QuotaExceededError') {
    const text = 'The browser has no space left for this page. Make room; what was saved is safe.'
    return new IMError('STORAGE_FULL', text, { cause })
  }
  if (name === 'VersionError') {
    const text = 'A newer version of this page has changed the database. Reload the page.'
    return new IMError('WORKSPACE_FORMAT_UNSUPPORTED', text, { cause })
  }
  if (name === 'SyntaxError' || name === 'TypeError') {
    return new IMError('STORAGE_DAMAGED', `A record of the database cannot be read (${message}).`, { cause })
  }
  const text = `The browser cannot read or write its database (${name}: ${message}). Try again, then reload the page.`
  return new IMError('STORAGE_IO', text, { cause })
}
