/** What a program gives an {@link IMClient}. */
import type { OpenSocket } from './connection/socket.ts'
import type { TokenSource } from './connection/token.ts'
import type { GuardOptions } from './messaging/guard.ts'
import type { Clock, Random } from './model/clock.ts'
import type { StorageAdapter } from './storage/contract.ts'

/** Options of an {@link IMClient}. Times are in milliseconds. */
export interface IMClientOptions {
  /** Where everything is kept. */
  readonly storage: StorageAdapter
  /**
   * Shares the workspace with the process that has it open: this client is then a view of that one, asks it for everything,
   * and takes its place when it is gone. Where nobody has it open, or in a storage that only one can reach, it is the owner.
   */
  readonly attach?: boolean
  /** The server's URL (`http`, `https`, `ws`, `wss`); by default the one of the last run. */
  readonly imServerUrl?: string
  /** This client's account; by default the one that the workspace belongs to. */
  readonly agentId?: string
  /** A token, or what gives one; asked again after a refusal. Kept in no file, URL, log or error. */
  readonly token?: TokenSource
  /** A digital employee: every message that reaches it becomes a pending item. By default as on the last run. */
  readonly queue?: boolean
  /**
   * How many messages may wait in the queue before their senders are asked to come back later; 0 for no limit. Whatever
   * arrives all the same is stored and worked on. By default as on the last run.
   */
  readonly queueLimit?: number
  /** What agents may say to each other by themselves; `false` lets them say anything. */
  readonly guard?: GuardOptions | false
  /** How long the token provider may take; 10,000. */
  readonly tokenTimeoutMs?: number
  /** How long connecting and the handshake may take, each; 15,000. */
  readonly connectTimeoutMs?: number
  /** How long the server may take to answer; 20,000. */
  readonly requestTimeoutMs?: number
  /** By how much silence may exceed the server's heartbeat before the connection counts as lost; 5,000. */
  readonly heartbeatGraceMs?: number
  /** The ceilings of the waits between attempts: the first (500), doubled each time, and the last (20,000). */
  readonly backoff?: { readonly baseMs?: number; readonly capMs?: number }
  /** How long `close` waits for handlers that run; 500. */
  readonly closeGraceMs?: number
  /** Time, chance and the wire, for tests and simulations. */
  readonly clock?: Clock
  readonly random?: Random
  readonly openSocket?: OpenSocket
}
