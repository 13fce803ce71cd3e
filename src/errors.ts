/**
 * The one error class of the house and the one table of its codes.
 * Codes are stable within a major version; messages are for people and may change.
 */

/** What a code means and whether trying the same again later can succeed. */
interface CodeEntry {
  readonly retryable: boolean
  readonly summary: string
}

const code = (retryable: boolean, summary: string): CodeEntry => ({ retryable, summary })

/** Every code an {@link IMError} can carry, by family. Documented in `docs/api.md`. */
export const IM_ERROR_CODES = {
  // connection
  CONNECTION_LOST: code(true, 'The connection ended before the answer came.'),
  CONNECTION_TIMEOUT: code(true, 'The other end did not answer in time.'),
  NOT_CONNECTED: code(true, 'There is no session with the server at the moment.'),
  SERVER_DRAINING: code(true, 'The server is shutting down; come back after retryAfterMs.'),
  CLIENT_CLOSED: code(false, 'The client was closed.'),
  // auth
  AUTH_FAILED: code(false, 'The server refused the account or its token.'),
  AUTH_TOKEN_UNAVAILABLE: code(true, 'The token provider failed or did not answer in time.'),
  FORBIDDEN: code(false, 'The account may not do this.'),
  // protocol
  PROTOCOL_VERSION_UNSUPPORTED: code(false, 'The two ends share no protocol version.'),
  PROTOCOL_FRAME_INVALID: code(false, 'A frame is not a JSON-RPC 2.0 message.'),
  PROTOCOL_FRAME_TOO_LARGE: code(false, 'A frame exceeds the size limit.'),
  PROTOCOL_METHOD_UNKNOWN: code(false, 'The other end does not know the method.'),
  PROTOCOL_PARAMS_INVALID: code(false, 'The parameters of a method do not fit its schema.'),
  PROTOCOL_SESSION_REQUIRED: code(false, 'The first request on a connection is session.open.'),
  RATE_LIMITED: code(true, 'Too many requests; come back after retryAfterMs.'),
  INTERNAL: code(true, 'The other end failed in a way that it does not explain.'),
  // delivery
  ID_INVALID: code(false, 'An account, contact, conversation or message id breaks the rules for ids.'),
  MESSAGE_INVALID: code(false, 'A message breaks a rule for its content.'),
  MESSAGE_TOO_LARGE: code(false, 'A message exceeds a size limit.'),
  MESSAGE_NOT_FOUND: code(false, 'No message has this id.'),
  MESSAGE_OUT_OF_ORDER: code(true, 'The message that this one follows has not been accepted.'),
  PAYLOAD_INVALID: code(false, 'The data of a message cannot be encoded or decoded safely.'),
  CONVERSATION_NOT_FOUND: code(false, 'No conversation has this id, or the account does not take part in it.'),
  CONTACT_NOT_FOUND: code(false, 'No contact has this id.'),
  HANDLER_FAILED: code(true, 'A handler threw; its message is offered again.'),
  WAIT_TIMEOUT: code(true, 'What was waited for did not happen in time.'),
  // storage
  STORAGE_LOCKED: code(true, 'Another process owns the storage.'),
  STORAGE_FENCED: code(false, 'This owner lost its claim on the storage; another has taken over.'),
  STORAGE_CLOSED: code(false, 'The storage is not open.'),
  STORAGE_DAMAGED: code(false, 'Stored data cannot be read, and could not be healed.'),
  STORAGE_FULL: code(true, 'There is no space left for the write.'),
  STORAGE_IO: code(true, 'The storage device or file system failed.'),
  STORAGE_KEY_INVALID: code(false, 'A key breaks the rules for keys.'),
  STORAGE_VALUE_INVALID: code(false, 'A value is not JSON.'),
  WORKSPACE_AGENT_MISMATCH: code(false, 'The workspace belongs to another agent.'),
  WORKSPACE_FORMAT_UNSUPPORTED: code(false, 'The workspace was written by a newer version.'),
  // queue
  QUEUE_ITEM_NOT_FOUND: code(false, 'The pending queue has no such item.'),
  QUEUE_LEASE_LOST: code(false, 'The lease on the item lapsed or was given to another worker.'),
} as const satisfies Record<string, CodeEntry>

/** A code of {@link IM_ERROR_CODES}. */
export type IMErrorCode = keyof typeof IM_ERROR_CODES

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
    return IM_ERROR_CODES[this.code].retryable
  }
}

/** Whether a text, for instance from the wire, names a known code. */
export function isIMErrorCode(value: unknown): value is IMErrorCode {
  return typeof value === 'string' && Object.hasOwn(IM_ERROR_CODES, value)
}
