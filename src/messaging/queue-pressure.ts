/**
 * The pressure of a pending queue with a limit: tells the program and the server when more waits than its owner wants, and
 * when that is over. Nothing is ever kept out by it here. Loaded where a limit is set.
 */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, type IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { IMClientEvents, QueueLevel } from './events.ts'
import type { Records } from './records.ts'
import type { Sessions } from './sessions.ts'

/** What the pressure is told by, and whom it tells. */
export interface QueuePressureOptions {
  readonly limit: number
  /** How many messages wait. */
  readonly depth: () => number
  readonly clock: Clock
  readonly onChange: (level: QueueLevel) => void
  readonly onError: (error: IMError) => void
}

/** The part of the limit to which a full queue has to fall: a little below it, it would turn with every message. */
const RELIEF = 3 / 4

/** A pause before the server is told again, in milliseconds. */
const RETRY_MS = 1000

/** What is known of the server of one session. */
interface Server {
  readonly session: LinkSession
  /** What it was told; `undefined` after a failure, which says nothing about what it has heard. */
  told: boolean | undefined
  /** `deaf`: it does not hold senders back, whatever it is told. */
  state: 'listening' | 'being told' | 'resting' | 'deaf'
  cancelRest: () => void
}

/** @throws TypeError where this is no limit of a queue */
export function requireLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0) {
    throw new TypeError(`queueLimit must be a whole number, and 0 for no limit, not ${String(limit)}.`)
  }
}

/** Watches the queue of a client for as long as it lives. */
export function watchPressure(
  { records: { pending }, sessions }: { readonly records: Records; readonly sessions: Pick<Sessions, 'session'> },
  { clock, emitter }: { readonly clock: Clock; readonly emitter: Emitter<IMClientEvents> },
  limit: number,
): void {
  const pressure = new QueuePressure({
    limit,
    depth: () => pending.size,
    clock,
    onChange: level => emitter.emit('queue', level),
    onError: error => emitter.emit('error', error),
  })
  pending.watch(() => pressure.changed())
  emitter.on('state', ({ name }) => (name === 'connected' ? pressure.start(sessions.session) : pressure.stop()))
  pressure.look()
}

/** Watches one queue. */
export class QueuePressure {
  readonly #options: QueuePressureOptions
  #full = false
  #looking = false
  #server: Server | undefined

  constructor(options: QueuePressureOptions) {
    this.#options = options
  }

  /** The depth has changed. Looked at once for all that was stored together, when it is. */
  changed(): void {
    if (this.#looking) return
    this.#looking = true
    void Promise.resolve().then(() => {
      this.#looking = false
      this.look()
    })
  }

  /** Looks at the depth. */
  look(): void {
    const { limit, onChange } = this.#options
    const depth = this.#options.depth()
    const full = this.#full ? depth > limit * RELIEF : depth >= limit
    if (full === this.#full) return
    this.#full = full
    onChange({ depth, limit, full })
    this.#tell()
  }

  /** A session has begun: its server holds nobody back until it is told. */
  start(session: LinkSession): void {
    this.stop()
    this.#server = { session, told: false, state: 'listening', cancelRest: () => {} }
    this.#tell()
  }

  /** The session is over. */
  stop(): void {
    this.#server?.cancelRest()
    this.#server = undefined
  }

  /** One request at a time: what changes meanwhile is told by the next. */
  #tell(): void {
    const server = this.#server
    const full = this.#full
    if (server?.state !== 'listening' || server.told === full) return
    server.state = 'being told'
    server.session.request('queue.update', { full }).then(
      () => this.#heard(server, full),
      error => this.#failed(server, asIMError(error, 'The server could not be told of the queue.')),
    )
  }

  #heard(server: Server, full: boolean): void {
    server.told = full
    server.state = 'listening'
    this.#tell()
  }

  /** Told again after a pause: senders that wait would wait for ever. A session that is over is no news. */
  #failed(server: Server, error: IMError): void {
    if (server !== this.#server) return
    server.told = undefined
    server.state = error.retryable ? 'resting' : 'deaf'
    if (error.retryable) this.#rest(server, error.retryAfterMs)
    else if (error.code !== 'PROTOCOL_METHOD_UNKNOWN') this.#options.onError(error)
  }

  #rest(server: Server, restMs = RETRY_MS): void {
    server.cancelRest = this.#options.clock.schedule(() => {
      server.state = 'listening'
      this.#tell()
    }, restMs)
  }
}
