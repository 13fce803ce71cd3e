/** The one error class of the house. Its codes are in `error-codes.ts`; messages are for people and may change. */
import type { IMErrorCode, RetryableCode } from './error-codes.ts'

export type { IMErrorCode } from './error-codes.ts'

/** Codes of errors after which the same call can succeed later without a change. */
const RETRYABLE: Readonly<Record<RetryableCode, true>> = {
  CONNECTION_LOST: true,
  CONNECTION_TIMEOUT: true,
  NOT_CONNECTED: true,
  SERVER_DRAINING: true,
  AUTH_TOKEN_UNAVAILABLE: true,
  RATE_LIMITED: true,
  INTERNAL: true,
  MESSAGE_OUT_OF_ORDER: true,
  HANDLER_FAILED: true,
  WAIT_TIMEOUT: true,
  STORAGE_LOCKED: true,
  STORAGE_FULL: true,
  STORAGE_IO: true,
  QUEUE_FULL: true,
  QUEUE_ATTEMPT_TIMEOUT: true,
}

/** What an {@link IMError} may carry besides its code and message. */
export interface IMErrorOptions {
  /** Facts for programs, JSON only, never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  /** When the other end asked for a pause before the next try, in milliseconds. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** An error with a stable `code`. Everything that this library rejects with, but for misuse, is one. */
export class IMError extends Error {
  override readonly name = 'IMError'
  readonly code: IMErrorCode
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined

  constructor(code: IMErrorCode, message: string, options: IMErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }

  /** Whether the same call can succeed later without a change. */
  get retryable(): boolean {
    return Object.hasOwn(RETRYABLE, this.code)
  }
}

/** The error itself where it is one of this house, or `INTERNAL` with the error as its cause. */
export function asIMError(cause: unknown, message: string): IMError {
  return cause instanceof IMError ? cause : new IMError('INTERNAL', message, { cause })
}
