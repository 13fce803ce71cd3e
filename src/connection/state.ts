/**
 * The Connection Manager's state, as one union and one pure transition.
 *
 *   disconnected ──start──▶ connecting ──opened──▶ connected
 *                              ▲   │                  │
 *                   retry/wake │   │ lost             │ lost
 *                              │   ▼                  │
 *                            waiting ◀────────────────┘
 *
 *   connecting, connected ──refused──▶ needsAuth ──start──▶ connecting
 *   connecting, connected ──failed───▶ failed    ──start──▶ connecting
 *   any ──close──▶ closed, for good
 */
import type { IMError } from '../errors.ts'

/** Where the connection stands. `connected` is entered after the handshake, not when the socket opens. */
export type ConnectionState =
  | { readonly name: 'disconnected' }
  | { readonly name: 'connecting'; readonly attempt: number }
  /** `retryAt`: milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly attempt: number; readonly retryAt: number; readonly reason: IMError }
  /** `attempt`: those before it, counted on if the session does not last. `openedAt`: milliseconds since 1970. */
  | {
      readonly name: 'connected'
      readonly sessionId: string
      readonly recovered: boolean
      readonly attempt: number
      readonly openedAt: number
    }
  /** The token was refused and no other is to be had: call `connect` again when there is one. */
  | { readonly name: 'needsAuth'; readonly reason: IMError }
  /** The reason will not go away by itself; `connect` tries again all the same. */
  | { readonly name: 'failed'; readonly reason: IMError }
  | { readonly name: 'closed' }

/** What can happen to a connection. */
export type ConnectionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'opened'; readonly sessionId: string; readonly recovered: boolean; readonly at: number }
  | { readonly type: 'lost'; readonly reason: IMError; readonly retryAt: number; readonly at: number }
  | { readonly type: 'refused'; readonly reason: IMError }
  | { readonly type: 'failed'; readonly reason: IMError }
  /** The wait is over, or the network, the tab or the machine came back. */
  | { readonly type: 'retry' }
  | { readonly type: 'close' }

/** A session that ends before this many milliseconds counts as one more attempt: what ended it may await the next. */
const LASTING_MS = 30_000

/** The state that follows; the same object where the event means nothing in that state. */
export function transition(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  if (state.name === 'closed') return state
  switch (event.type) {
    case 'start':
      return isIdle(state) ? { name: 'connecting', attempt: 0 } : state
    case 'retry':
      return state.name === 'waiting' ? { name: 'connecting', attempt: state.attempt } : state
    case 'opened':
      if (state.name !== 'connecting') return state
      return {
        name: 'connected',
        sessionId: event.sessionId,
        recovered: event.recovered,
        attempt: state.attempt,
        openedAt: event.at,
      }
    case 'lost':
      return isActive(state) ? { name: 'waiting', attempt: attemptsSince(state, event.at) + 1, ...pick(event) } : state
    case 'refused':
      return isActive(state) ? { name: 'needsAuth', reason: event.reason } : state
    case 'failed':
      return isActive(state) ? { name: 'failed', reason: event.reason } : state
    case 'close':
      return { name: 'closed' }
  }
}

/** Attempts, at an instant, since the last session that lasted. */
export function attemptsSince(state: ConnectionState, at: number): number {
  if (!('attempt' in state)) return 0
  return state.name === 'connected' && at - state.openedAt >= LASTING_MS ? 0 : state.attempt
}

function isIdle(state: ConnectionState): boolean {
  return state.name === 'disconnected' || state.name === 'needsAuth' || state.name === 'failed'
}

function isActive(state: ConnectionState): boolean {
  return state.name === 'connecting' || state.name === 'connected'
}

function pick({ retryAt, reason }: { retryAt: number; reason: IMError }) {
  return { retryAt, reason }
}
