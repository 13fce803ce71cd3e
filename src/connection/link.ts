/**
 * The seam between this client and a server. Connection Manager and Message Handler know these interfaces only;
 * IM Protocol v1 is their first implementation, and another may speak to an existing server and declare which
 * guarantees it can give.
 */
import { asIMError, type IMError } from '../errors.ts'
import type {
  Cursor,
  FeedBatch,
  Limits,
  Presence,
  RequestMethod,
  RequestParams,
  RequestResult,
} from '../protocol/schemas.ts'

/** What a server guarantees, so that the client can say which promises are in force. */
export interface LinkGuarantees {
  /** A repeated send has no second effect. */
  readonly deduplicates: boolean
  /** Every conversation is numbered from 1 without gaps. */
  readonly gapFreeSeq: boolean
  /** The change feed can be resumed from a cursor. */
  readonly resumableFeed: boolean
}

/** What a server says of a session when it opens one. */
export interface SessionFacts {
  readonly sessionId: string
  readonly epoch: string
  /** Whether the feed goes on from the cursor that was given, without a hole. */
  readonly recovered: boolean
  /** The end of the feed when the session was opened. */
  readonly offset: number
  readonly limits: Limits
}

/** An open session with a server. Ends once; from then on every call rejects with a connection code. */
export interface LinkSession {
  readonly facts: SessionFacts
  readonly guarantees: LinkGuarantees
  /**
   * Calls a method of the server.
   * @throws IMError the server's own, `CONNECTION_LOST`, `CONNECTION_TIMEOUT`
   */
  request<M extends RequestMethod>(method: M, params: RequestParams<M>): Promise<RequestResult<M>>
  /** Says that everything up to this offset of the feed is stored. */
  acknowledge(offset: number): void
  /** Gives the session up from this side, as if the connection had been lost: another will be opened. */
  abandon(error: IMError): void
}

/** What a session tells the Message Handler, in the order of the wire. */
export interface SessionHandler {
  /** Where the feed is to go on: asked before each session, and answered when all that came before is stored. */
  cursor(): Promise<Cursor | undefined>
  /** Conversations of which events from before the cursor are missing here. */
  incomplete(): readonly string[]
  /** A session is open. Its feed follows; nothing of it came before. */
  onSession(session: LinkSession): void
  onFeed(session: LinkSession, batch: FeedBatch): void
  onPresence(presence: Presence): void
  /** The session is over; another may be opened. */
  onSessionEnd(session: LinkSession): void
}

/** Why a connection ended, and whether to come back. */
export interface LinkEnd {
  readonly error: IMError
  /** `retry`: come back after a while. `auth`: with another token. `never`: the reason will not go away. */
  readonly next: 'retry' | 'auth' | 'never'
  /** The pause that the server asked for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** What the failure of an attempt means for the next. */
export function endOfAttempt(cause: unknown): LinkEnd {
  const error = asIMError(cause, 'Connecting failed.')
  const { code, retryable, retryAfterMs } = error
  const next = code === 'AUTH_FAILED' ? 'auth' : retryable ? 'retry' : 'never'
  return { error, next, retryAfterMs }
}

/** Who is connecting. */
export interface LinkCredentials {
  readonly agentId: string
  readonly deviceId: string
  readonly token: string | undefined
  readonly cursor: Cursor | undefined
  readonly incomplete: readonly string[]
}

/** What a connection reports: at most one `onOpen`, then exactly one `onEnd`, unless it was closed from here. */
export interface LinkEvents extends Omit<SessionHandler, 'cursor' | 'incomplete' | 'onSession' | 'onSessionEnd'> {
  onOpen(session: LinkSession): void
  onEnd(end: LinkEnd): void
}

/** One connection, from the first byte to the last. */
export interface LinkConnection {
  /** Ends the connection from this side, without `onEnd`. Resolves when nothing of it is left. */
  close(): Promise<void>
}

/** A way to a server: each call is one attempt, which opens one session or ends. */
export interface ServerLink {
  open(credentials: LinkCredentials, events: LinkEvents): LinkConnection
}
