/**
 * The Connection Manager: keeps one session with the server open, for as long as it is asked to. It knows when to
 * connect and when to wait; what travels on the connection is none of its business.
 */
import type { Clock, Random } from '../model/clock.ts'
import { type BackoffOptions, backoffMs, spreadMs } from './backoff.ts'
import {
  endOfAttempt,
  type LinkConnection,
  type LinkEnd,
  type LinkSession,
  type ServerLink,
  type SessionHandler,
} from './link.ts'
import { attemptsSince, type ConnectionEvent, type ConnectionState, transition } from './state.ts'
import type { TokenPatience, TokenProvider, TokenSource } from './token.ts'

/** What the Connection Manager needs. */
export interface ConnectionOptions {
  readonly link: ServerLink
  readonly handler: SessionHandler
  readonly agentId: string
  readonly deviceId: string
  readonly token: TokenSource | undefined
  readonly tokenTimeoutMs: number
  readonly backoff: BackoffOptions
  readonly clock: Clock
  readonly random: Random
  /** Told of every change, after it took effect. */
  readonly onState: (state: ConnectionState) => void
  /** Tells when a network, a tab or a machine comes back; gives the way to stop listening. */
  readonly onWake: (wake: () => void) => () => void
}

/** Refusals in a row after which a token provider is not asked again by itself. */
const MAX_REFUSALS = 3

/** Keeps a session open. */
export class ConnectionManager {
  readonly #options: ConnectionOptions
  #state: ConnectionState = { name: 'disconnected' }
  /** Ends what the present state started: a timer, an attempt, a session. */
  #leave: () => Promise<void> | void = () => {}
  #refusals = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Starts to connect where nothing is under way, and cuts a wait short: whoever asks has a reason. There is no last attempt. */
  connect(): void {
    this.#refusals = 0
    this.#apply({ type: 'start' })
    this.wake()
  }

  /** Cuts a wait short: the network came back. */
  wake(): void {
    this.#apply({ type: 'retry' })
  }

  /** Ends every timer, attempt and session, for good. */
  async close(): Promise<void> {
    const leave = this.#leave
    this.#leave = () => {}
    this.#apply({ type: 'close' })
    await leave()
  }

  #apply(event: ConnectionEvent): void {
    const next = transition(this.#state, event)
    if (next === this.#state) return
    const previous = this.#state
    this.#state = next
    if (previous.name !== 'connecting' || next.name !== 'connected') void this.#leave()
    if (next.name === 'connecting') this.#attempt()
    else if (next.name === 'waiting') this.#wait(next.retryAt)
    else if (next.name !== 'connected') this.#leave = () => {}
    this.#options.onState(next)
  }

  #wait(retryAt: number): void {
    const { clock, onWake } = this.#options
    const delayMs = Math.max(0, retryAt - clock.now())
    const retry = () => this.#apply({ type: 'retry' })
    const cancel = clock.schedule(retry, delayMs)
    const unlisten = onWake(retry)
    this.#leave = () => {
      cancel()
      unlisten()
    }
  }

  /** One attempt, and the session that it may become. The attempt that was left does nothing any more. */
  #attempt(): void {
    let left = false
    let asking: AbortController | undefined
    let connection: LinkConnection | undefined
    let session: LinkSession | undefined
    const handler = this.#options.handler
    this.#leave = async () => {
      left = true
      asking?.abort()
      if (session) handler.onSessionEnd(session)
      await connection?.close()
    }
    const open = async () => {
      asking = new AbortController()
      const credentials = await this.#credentials(asking.signal)
      asking = undefined // a signal is large, and a connection may last for days
      if (left) return
      connection = this.#options.link.open(credentials, {
        onOpen: opened => {
          session = opened
          this.#refusals = 0
          handler.onSession(opened)
          const { sessionId, recovered } = opened.facts
          this.#apply({ type: 'opened', sessionId, recovered, at: this.#options.clock.now() })
        },
        onFeed: (from, batch) => handler.onFeed(from, batch),
        onPresence: presence => handler.onPresence(presence),
        onEnd: end => left || this.#onEnd(end),
      })
    }
    open().catch(error => left || this.#onEnd(endOfAttempt(error)))
  }

  async #credentials(signal: AbortSignal) {
    const { agentId, deviceId, token, tokenTimeoutMs, clock, handler } = this.#options
    const [given, cursor] = await Promise.all([
      typeof token === 'function' ? askToken(token, { clock, timeoutMs: tokenTimeoutMs, signal }) : token,
      handler.cursor(),
    ])
    return { agentId, deviceId, token: given, cursor, incomplete: handler.incomplete() }
  }

  #onEnd({ error, next, retryAfterMs }: LinkEnd): void {
    if (next === 'never') return this.#apply({ type: 'failed', reason: error })
    if (next === 'auth') {
      this.#refusals += 1
      const another = typeof this.#options.token === 'function' && this.#refusals < MAX_REFUSALS
      if (!another) return this.#apply({ type: 'refused', reason: error })
    }
    const at = this.#options.clock.now()
    this.#apply({ type: 'lost', reason: error, at, retryAt: at + this.#delayMs(retryAfterMs, at) })
  }

  #delayMs(retryAfterMs: number | undefined, at: number): number {
    const { backoff, random } = this.#options
    if (retryAfterMs !== undefined) return spreadMs(retryAfterMs, random)
    return backoffMs(attemptsSince(this.#state, at), backoff, random)
  }
}

/** Asking is loaded with the first provider, once for each attempt. */
async function askToken(provider: TokenProvider, patience: TokenPatience): Promise<string> {
  const { askToken } = await import('./token.ts')
  return askToken(provider, patience)
}
