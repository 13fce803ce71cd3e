/** IM Protocol: what the two ends call it. `docs/protocol.md` is normative. */

/** The WebSocket subprotocol (RFC 6455, section 1.9). */
export const SUBPROTOCOL = 'im.v1'

/** The path of the WebSocket endpoint below the server's URL. */
export const ENDPOINT_PATH = '/im'

/** The protocol versions that this code speaks, best first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1]

/** Close codes (RFC 6455, section 7.4.2: 4000 to 4999 are the application's). */
export const CLOSE_CODES = {
  /** The other end was done. */
  normal: 1000,
  /** Nothing was heard within the heartbeat and its grace. */
  silent: 4000,
  /** The server is shutting down; come back after the `retryAfterMs` of `session.closing`. */
  draining: 4001,
  /** Account or token were refused: come back with another token. */
  auth: 4002,
  /** The frames were not IM Protocol: the next attempt would fare no better. */
  protocol: 4003,
  /** No version in common: neither would it then. */
  version: 4004,
  /** A flood went on after `RATE_LIMITED`. */
  flood: 4005,
  /** The same device opened another session, which replaces this one: coming back would replace that. */
  replaced: 4006,
  /** The server failed. */
  internal: 4007,
} as const

/** The capability of taking an array of JSON-RPC messages in one frame. Each side names it, and uses it if the other has. */
export const BATCH = 'batch'
