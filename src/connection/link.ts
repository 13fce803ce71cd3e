/**
 * The seam between messaging and a server. Messaging knows this interface only; IM Protocol v1 is its first
 * implementation, and another may speak to an existing server and declare which guarantees it can give.
 */
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

/** An open session with a server. Ends once; then every call rejects with a connection code. */
export interface LinkSession {
  readonly sessionId: string
  readonly epoch: string
  /** Whether the feed goes on from the cursor that was given, without a hole. */
  readonly recovered: boolean
  /** The end of the feed when the session was opened. */
  readonly offset: number
  readonly limits: Limits
  readonly guarantees: LinkGuarantees
  /**
   * Calls a method of the server.
   * @throws IMError the server's own, `CONNECTION_LOST`, `CONNECTION_TIMEOUT`
   */
  request<M extends RequestMethod>(method: M, params: RequestParams<M>): Promise<RequestResult<M>>
  /** Says that everything up to this offset of the feed is stored. */
  acknowledge(offset: number): void
}

/** What a session tells messaging. Called in the order of the wire. */
export interface SessionHandler {
  /** A session is open; its feed follows, and nothing of it came before. */
  onSession(session: LinkSession): void
  onFeed(session: LinkSession, batch: FeedBatch): void
  onPresence(presence: Presence): void
  /** The session is over; another will be opened. */
  onSessionEnd(session: LinkSession): void
}

/** What opens sessions: given the cursor anew for each. */
export interface ServerLink {
  /** Where the feed is to go on: read anew for each session, after everything received so far was stored. */
  readonly cursor: () => Promise<Cursor | undefined>
  readonly handler: SessionHandler
}
