/** JSON-RPC 2.0: the errors that error responses tell of. Loaded with the first of them. */
import { isIMErrorCode } from '../error-codes.ts'
import { IMError } from '../errors.ts'
import type { RpcErrorObject } from './json-rpc.ts'

/** The error that an error response tells of. An unknown code of a newer peer is kept in `details.peerCode`. */
export function toError({ message, data = {} }: RpcErrorObject): IMError {
  const { code: peerCode, retryAfterMs } = data
  const known = isIMErrorCode(peerCode)
  return new IMError(known ? peerCode : 'INTERNAL', message, {
    details: { ...(data.details as object | undefined), ...(known ? {} : { peerCode }) },
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  })
}
