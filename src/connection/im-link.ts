/** The link to a server that speaks IM Protocol v1. */
import { IMError, type IMErrorCode } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { CLOSE_CODES } from '../protocol/version.ts'
import {
  endOfAttempt,
  type LinkConnection,
  type LinkCredentials,
  type LinkEnd,
  type LinkEvents,
  type ServerLink,
} from './link.ts'
import { IMSession } from './session.ts'
import type { OpenSocket, Socket } from './socket.ts'

/** What a link needs. Times are in milliseconds. */
export interface IMLinkOptions {
  /** The endpoint's WebSocket URL. */
  readonly url: string
  readonly openSocket: OpenSocket
  readonly clock: Clock
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  /** What silence may exceed the server's heartbeat by. */
  readonly heartbeatGraceMs: number
}

/** A {@link ServerLink} over one WebSocket for each session. */
export class IMLink implements ServerLink {
  readonly #options: IMLinkOptions

  constructor(options: IMLinkOptions) {
    this.#options = options
  }

  open(credentials: LinkCredentials, events: LinkEvents): LinkConnection {
    const connection = new IMConnection(this.#options, credentials, events)
    connection.start()
    return connection
  }
}

/** One socket and the one session on it. */
class IMConnection implements LinkConnection {
  readonly #options: IMLinkOptions
  readonly #credentials: LinkCredentials
  readonly #events: LinkEvents
  #socket: Socket | undefined
  #session: IMSession | undefined
  #over = false
  #retryAfterMs: number | undefined

  constructor(options: IMLinkOptions, credentials: LinkCredentials, events: LinkEvents) {
    this.#options = options
    this.#credentials = credentials
    this.#events = events
  }

  start(): void {
    const { url, openSocket, connectTimeoutMs } = this.#options
    const events = {
      onOpen: () => void this.#handshake(),
      onText: (text: string) => this.#session?.receive(text),
      onClose: ({ code, reason }: { code: number; reason: string }) => this.#end(endOf(code, reason)),
    }
    this.#socket = openSocket(url, events, connectTimeoutMs)
  }

  async close(): Promise<void> {
    this.#finish(new IMError('CLIENT_CLOSED', 'Closed from this side.'), CLOSE_CODES.normal)
  }

  async #handshake(): Promise<void> {
    const session = new IMSession(this.#options, {
      send: text => this.#socket?.send(text),
      onFeed: batch => this.#events.onFeed(session, batch),
      onPresence: presence => this.#events.onPresence(presence),
      onClosing: retryAfterMs => {
        this.#retryAfterMs = retryAfterMs
      },
      onDead: error => this.#end({ error, next: 'retry' }),
    })
    this.#session = session
    try {
      await session.open(this.#credentials)
      if (this.#over) return
      this.#events.onOpen(session)
      session.release()
    } catch (error) {
      this.#end(endOfAttempt(error))
    }
  }

  #end(end: LinkEnd): void {
    if (this.#over) return
    this.#finish(end.error, CLOSE_CODES.silent)
    this.#events.onEnd({ ...end, retryAfterMs: end.retryAfterMs ?? this.#retryAfterMs })
  }

  #finish(error: IMError, code: number): void {
    this.#over = true
    this.#session?.end(error)
    this.#socket?.close(code, '')
  }
}

/** Closes that say more than that the connection is gone, and what each means for the next attempt. */
const ENDS: Readonly<Record<number, readonly [IMErrorCode, LinkEnd['next']]>> = {
  [CLOSE_CODES.draining]: ['SERVER_DRAINING', 'retry'],
  [CLOSE_CODES.auth]: ['AUTH_FAILED', 'auth'],
  [CLOSE_CODES.protocol]: ['CONNECTION_LOST', 'never'],
  [CLOSE_CODES.version]: ['PROTOCOL_VERSION_UNSUPPORTED', 'never'],
  [CLOSE_CODES.replaced]: ['CONNECTION_LOST', 'never'],
}

/** What a close of the other side's means for the next attempt. A clean close that nobody asked for is a loss too. */
function endOf(closeCode: number, reason: string): LinkEnd {
  const [code, next] = ENDS[closeCode] ?? ['CONNECTION_LOST', 'retry']
  const because = `The connection was closed (${closeCode}${reason ? `, ${reason}` : ''}).`
  return { error: new IMError(code, because, { details: { closeCode } }), next }
}
