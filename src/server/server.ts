/** The embedded IM server: composes the log, the hub and the connections; no logic of its own. */
import { IMError } from '../errors.ts'
import { type Clock, type Random, systemClock, systemRandom } from '../model/clock.ts'
import { createUuidSource } from '../model/id.ts'
import type { StorageAdapter, StorageRepair } from '../storage/contract.ts'
import { type Authenticator, noAuthentication } from './authenticator.ts'
import { Connection } from './connection.ts'
import { Hub } from './hub.ts'
import { DEFAULT_LIMITS, type ServerLimits } from './limits.ts'
import { PresenceBoard } from './presence.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { ServerConnection, ServerSocket } from './server-socket.ts'
import type { Services } from './services.ts'
import { StorageLog } from './storage-log.ts'

/** Silence before the server beats. */
const HEARTBEAT_MS = 15_000

/** Silence after a beat before a session counts as gone. */
const HEARTBEAT_GRACE_MS = 10_000

/** When clients of a server that drains come back, on average. */
const DRAIN_RETRY_MS = 1000

/** How long requests under way may take while the server drains. */
const DRAIN_PATIENCE_MS = 5000

/** What a server is made of. */
export interface IMServerOptions {
  /** Opened and closed by the server. */
  readonly storage: StorageAdapter
  /** Lets everybody in by default. */
  readonly authenticator?: Authenticator
  readonly limits?: Partial<ServerLimits>
  /** Told of failures whose words clients are not told, for instance a full disk. Must not throw. */
  readonly onError?: (error: IMError) => void
  /** Told of damage that the storage found and healed. Must not throw. */
  readonly onRepair?: (repair: StorageRepair) => void
  readonly heartbeatMs?: number
  readonly heartbeatGraceMs?: number
  readonly clock?: Clock
  readonly random?: Random
}

/** What a server is doing. */
export interface ServerStats {
  readonly connections: number
  readonly sessions: number
  readonly conversations: number
  readonly epoch: string
  /** The position of the last event or receipt. */
  readonly head: number
  readonly draining: boolean
}

/** An IM server over any storage and any sockets. `open` it, give it sockets, `drain` and be done. */
export class IMServer {
  readonly limits: ServerLimits
  readonly #log: StorageLog
  readonly #services: Services
  readonly #connections = new Set<Connection>()
  readonly #onError: (error: IMError) => void
  #drainingMs: number | undefined
  #closing: Promise<void> | undefined

  constructor(options: IMServerOptions) {
    const { clock = systemClock, random = systemRandom } = options
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
    const { indexedEvents } = this.limits
    const onError = (error: IMError) => this.#failed(error)
    const { storage, onRepair = () => {} } = options
    this.#log = new StorageLog({ storage, clock, random, indexedEvents, onError, onRepair })
    this.#onError = options.onError ?? (() => {})
    const presence = new PresenceBoard(clock)
    this.#services = {
      log: this.#log,
      hub: new Hub(presence),
      presence,
      rate: new RateLimiter(clock, this.limits.requestsPerSecond, this.limits.requestBurst),
      authenticator: options.authenticator ?? noAuthentication,
      limits: this.limits,
      clock,
      random,
      uuid: createUuidSource(clock, random),
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      graceMs: options.heartbeatGraceMs ?? HEARTBEAT_GRACE_MS,
      onError,
      drainingMs: () => this.#drainingMs,
    }
  }

  /**
   * Opens the storage and loads what is known.
   * @throws IMError as `StorageAdapter.open`
   */
  async open(): Promise<void> {
    await this.#log.open()
    this.#log.subscribe(group => this.#services.hub.publish(group))
  }

  /** Takes a socket that is open. Its frames go to what is returned, and `closed` when it is gone. */
  accept(socket: ServerSocket): ServerConnection {
    const connection: Connection = new Connection(this.#services, socket, () => this.#connections.delete(connection))
    const handshakes = this.#connections.size - this.#services.hub.size
    this.#connections.add(connection)
    connection.start()
    if (handshakes >= this.limits.handshakes) connection.end('flood', 'too many connections have no session')
    if (this.#drainingMs !== undefined) connection.end('draining', 'the server is shutting down')
    return connection
  }

  /** What the server is doing. */
  stats(): ServerStats {
    return {
      connections: this.#connections.size,
      sessions: this.#services.hub.size,
      conversations: this.#log.conversations,
      epoch: this.#log.epoch,
      head: this.#log.head,
      draining: this.#drainingMs !== undefined,
    }
  }

  /**
   * Goes away in good order: announces it with a time to come back, spread so that not everybody comes at once,
   * takes no new requests, finishes those under way, closes the connections and then the storage.
   */
  drain({ retryAfterMs = DRAIN_RETRY_MS }: { readonly retryAfterMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#drain(retryAfterMs)
    return this.#closing
  }

  /** Goes away at once: what is not durable was not acknowledged. */
  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  /** Another server that has taken over the storage serves its clients too. */
  #failed(error: IMError): void {
    this.#onError(error)
    const fenced = [error, error.cause].some(one => one instanceof IMError && one.code === 'STORAGE_FENCED')
    if (fenced) this.close().catch(failure => this.#onError(failure))
  }

  async #drain(retryAfterMs: number): Promise<void> {
    this.#drainingMs = retryAfterMs
    for (const connection of this.#connections) {
      connection.announce('draining', Math.round(retryAfterMs * (0.5 + this.#services.random.number())))
    }
    await this.#finishRequests()
    await this.#finish()
  }

  async #finish(): Promise<void> {
    this.#drainingMs ??= DRAIN_RETRY_MS
    for (const connection of [...this.#connections]) connection.end('draining', 'the server is shutting down')
    await this.#log.close()
  }

  /** Resolves when no request is under way, or when that takes too long. */
  async #finishRequests(): Promise<void> {
    let late = false
    const cancel = this.#services.clock.schedule(() => {
      late = true
    }, DRAIN_PATIENCE_MS)
    const busy = () => [...this.#connections].some(connection => connection.inFlight > 0)
    await this.#log.idle()
    while (busy() && !late) await this.#pause()
    cancel()
  }

  #pause(): Promise<void> {
    return new Promise(resolve => this.#services.clock.schedule(resolve, 10))
  }
}
