/** JSON-RPC 2.0: the errors that error responses tell of. Loaded with the first of them. */
import { isIMErrorCode } from '../error-codes.ts'
import { IMError } from '../errors.ts'

/**
 * The error that the `error` of an error response tells of. An unknown code of a newer peer is kept in `details.peerCode`;
 * what is no error object is an `INTERNAL` failure of the other end.
 */
export function toError(error: unknown): IMError {
  const { message, data } = (error ?? {}) as { readonly message?: unknown; readonly data?: unknown }
  const { code: peerCode, retryAfterMs, details } = (data ?? {}) as Readonly<Record<string, unknown>>
  const known = isIMErrorCode(peerCode)
  return new IMError(known ? peerCode : 'INTERNAL', typeof message === 'string' ? message : 'The other end failed.', {
    details: { ...(details as object | undefined), ...(known ? {} : { peerCode }) },
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  })
}
