/** IM Protocol: what the two ends call it. `docs/protocol.md` is normative. */

/** The WebSocket subprotocol (RFC 6455, section 1.9). */
export const SUBPROTOCOL = 'im.v1'

/** The path of the WebSocket endpoint below the server's URL. */
export const ENDPOINT_PATH = '/im'

/** The protocol versions that this code speaks, best first. */
export const PROTOCOL_VERSIONS: readonly number[] = [1]

/** Close codes (RFC 6455, section 7.4.2: 4000 to 4999 are the application's) and whether a client may come back. */
export const CLOSE_CODES = {
  /** The other end was done. */
  normal: { code: 1000, comeBack: true },
  /** Nothing was heard within the heartbeat and its grace. */
  silent: { code: 4000, comeBack: true },
  /** The server is shutting down; come back after the `retryAfterMs` of `session.closing`. */
  draining: { code: 4001, comeBack: true },
  /** Account or token were refused: come back with another token. */
  auth: { code: 4002, comeBack: false },
  /** The frames were not IM Protocol. */
  protocol: { code: 4003, comeBack: false },
  /** No version in common. */
  version: { code: 4004, comeBack: false },
  /** A flood went on after `RATE_LIMITED`. */
  flood: { code: 4005, comeBack: true },
  /** The same device opened another session, which replaces this one. */
  replaced: { code: 4006, comeBack: false },
  /** The server failed. */
  internal: { code: 4007, comeBack: true },
} as const

/** The capability of taking an array of JSON-RPC messages in one frame. Each side names it, and uses it if the other has. */
export const BATCH = 'batch'
