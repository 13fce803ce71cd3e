/**
 * The one table of error codes. They are stable within a major version. Apart from the errors themselves, because a client
 * needs the names of all of them only once somebody tells it of one.
 */

/**
 * Every code that an {@link IMError} can carry, by family, and whether the same call can succeed later without a change.
 * Documented in `docs/api.md`.
 */
export const IM_ERROR_CODES = {
  // connection
  /** The connection ended before the answer came. */
  CONNECTION_LOST: true,
  /** The other end did not answer in time. */
  CONNECTION_TIMEOUT: true,
  /** There is no session with the server at the moment. */
  NOT_CONNECTED: true,
  /** The server is shutting down; come back after retryAfterMs. */
  SERVER_DRAINING: true,
  /** The client was closed. */
  CLIENT_CLOSED: false,
  // auth
  /** The server refused the account or its token. */
  AUTH_FAILED: false,
  /** The token provider failed or did not answer in time. */
  AUTH_TOKEN_UNAVAILABLE: true,
  /** The account may not do this. */
  FORBIDDEN: false,
  // protocol
  /** The two ends share no protocol version. */
  PROTOCOL_VERSION_UNSUPPORTED: false,
  /** A frame is not a JSON-RPC 2.0 message. */
  PROTOCOL_FRAME_INVALID: false,
  /** A frame exceeds the size limit. */
  PROTOCOL_FRAME_TOO_LARGE: false,
  /** The other end does not know the method. */
  PROTOCOL_METHOD_UNKNOWN: false,
  /** The parameters of a method do not fit its schema. */
  PROTOCOL_PARAMS_INVALID: false,
  /** The first request on a connection is session.open. */
  PROTOCOL_SESSION_REQUIRED: false,
  /** Too many requests; come back after retryAfterMs. */
  RATE_LIMITED: true,
  /** The other end failed in a way that it does not explain. */
  INTERNAL: true,
  // delivery
  /** An account, contact, conversation or message id breaks the rules for ids. */
  ID_INVALID: false,
  /** A message breaks a rule for its content. */
  MESSAGE_INVALID: false,
  /** A message exceeds a size limit. */
  MESSAGE_TOO_LARGE: false,
  /** Nobody began with the message before its time was over. */
  MESSAGE_EXPIRED: false,
  /** The recipient gave up the work on the message. */
  MESSAGE_WORK_FAILED: false,
  /** The loop guard held a message back that a program wrote by itself. */
  MESSAGE_HELD: false,
  /** No message has this id. */
  MESSAGE_NOT_FOUND: false,
  /** The message that this one follows has not been accepted. */
  MESSAGE_OUT_OF_ORDER: true,
  /** The data of a message cannot be encoded or decoded safely. */
  PAYLOAD_INVALID: false,
  /** No conversation has this id, or the account does not take part in it. */
  CONVERSATION_NOT_FOUND: false,
  /** The server no longer has some events that are missing here. */
  HISTORY_UNAVAILABLE: false,
  /** No contact has this id. */
  CONTACT_NOT_FOUND: false,
  /** A handler threw; its message is offered again. */
  HANDLER_FAILED: true,
  /** What was waited for did not happen in time. */
  WAIT_TIMEOUT: true,
  // storage
  /** Another process owns the storage. */
  STORAGE_LOCKED: true,
  /** This owner lost its claim on the storage; another has taken over. */
  STORAGE_FENCED: false,
  /** The storage is not open. */
  STORAGE_CLOSED: false,
  /** Stored data cannot be read, and could not be healed. */
  STORAGE_DAMAGED: false,
  /** There is no space left for the write. */
  STORAGE_FULL: true,
  /** The storage device or file system failed. */
  STORAGE_IO: true,
  /** The store forgets, cannot be written to, or shows old values. */
  STORAGE_UNSUITABLE: false,
  /** A key breaks the rules for keys. */
  STORAGE_KEY_INVALID: false,
  /** A value is not JSON. */
  STORAGE_VALUE_INVALID: false,
  /** The workspace belongs to another agent. */
  WORKSPACE_AGENT_MISMATCH: false,
  /** The workspace was written by a newer version. */
  WORKSPACE_FORMAT_UNSUPPORTED: false,
  // queue
  /** The recipient asks senders to come back later, after retryAfterMs: more waits there than its owner wants. */
  QUEUE_FULL: true,
  /** The work on an item took longer than one attempt may. */
  QUEUE_ATTEMPT_TIMEOUT: true,
  /** The pending queue has no such item. */
  QUEUE_ITEM_NOT_FOUND: false,
  /** The lease on the item lapsed or was given to another worker. */
  QUEUE_LEASE_LOST: false,
} as const satisfies Record<string, boolean>

/** A code of {@link IM_ERROR_CODES}. */
export type IMErrorCode = keyof typeof IM_ERROR_CODES

/** The codes of errors after which the same call can succeed later without a change. */
export type RetryableCode = {
  [Code in IMErrorCode]: (typeof IM_ERROR_CODES)[Code] extends true ? Code : never
}[IMErrorCode]

/** Whether a text, for instance from the wire, names a known code. */
export function isIMErrorCode(value: unknown): value is IMErrorCode {
  return typeof value === 'string' && Object.hasOwn(IM_ERROR_CODES, value)
}
