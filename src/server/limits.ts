/** What the server allows, and the numbers that it does not tell. */
import type { Limits } from '../protocol/schemas.ts'

/** Every bound of the server. Units are in the names; lengths are UTF-16 code units. */
export interface ServerLimits extends Limits {
  /** Requests of one account that are answered each second, over all its sessions, and how many may come at once. */
  readonly requestsPerSecond: number
  readonly requestBurst: number
  readonly connectionsPerAccount: number
  /** Characters of the feed that are sent before the server waits for `feed.ack`. */
  readonly unackedLength: number
  /** Most events that are replayed from a cursor; a client that is further behind backfills. */
  readonly replayItems: number
  /** Event ids kept in memory for dedupe, over all conversations. */
  readonly indexedEvents: number
  /** Nesting of parameters, and how many values they may hold. */
  readonly paramsDepth: number
  readonly paramsEntries: number
  /** From the first byte to the end of `session.open`. */
  readonly handshakeMs: number
  /** Bytes of one connection before its session is open: nobody knows yet who sends them. */
  readonly handshakeBytes: number
  /** Connections whose session is not open yet. */
  readonly handshakes: number
  /** Frames of one connection that are no IM Protocol, before it is closed. */
  readonly badFrames: number
}

/** The limits of a server that says nothing else. */
export const DEFAULT_LIMITS: ServerLimits = {
  frameBytes: 8 * 1024 * 1024,
  textLength: 1024 * 1024,
  requestsInFlight: 256,
  unackedItems: 512,
  historyPage: 500,
  groupMembers: 2000,
  requestsPerSecond: 5000,
  requestBurst: 10_000,
  connectionsPerAccount: 16,
  unackedLength: 4 * 1024 * 1024,
  replayItems: 10_000,
  indexedEvents: 2_000_000,
  paramsDepth: 128,
  paramsEntries: 100_000,
  handshakeMs: 10_000,
  handshakeBytes: 128 * 1024,
  handshakes: 1024,
  badFrames: 32,
}

/** The limits that a session is told. */
export function publicLimits(limits: ServerLimits): Limits {
  const { frameBytes, textLength, requestsInFlight, unackedItems, historyPage, groupMembers } = limits
  return { frameBytes, textLength, requestsInFlight, unackedItems, historyPage, groupMembers }
}
