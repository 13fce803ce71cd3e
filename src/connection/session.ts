/** A session of IM Protocol v1: the handshake, then typed requests and the feed, each value checked by its schema. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { FrameGatherer } from '../protocol/frame-gatherer.ts'
import { Peer } from '../protocol/peer.ts'
import {
  type FeedBatch,
  type Presence,
  type RequestMethod,
  type RequestParams,
  type RequestResult,
  type ServerNotification,
  serverNotificationSchemas,
  usualResults,
} from '../protocol/schemas.ts'
import { validate } from '../protocol/validate.ts'
import { BATCH, PROTOCOL_VERSIONS } from '../protocol/version.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LinkCredentials, LinkGuarantees, LinkSession } from './link.ts'

/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3

/** Times in milliseconds. */
interface SessionOptions {
  readonly clock: Clock
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly heartbeatGraceMs: number
}

interface SessionWire {
  send(text: string): void
  onFeed(batch: FeedBatch): void
  onPresence(presence: Presence): void
  /** The server announced that it will close, and when to come back. */
  onClosing(retryAfterMs: number | undefined): void
  /** Nothing was heard for too long, or what was heard is not the protocol. */
  onDead(error: IMError): void
}

/** The client's end of one session. */
export class IMSession implements LinkSession {
  readonly guarantees: LinkGuarantees = { deduplicates: true, gapFreeSeq: true, resumableFeed: true }
  readonly #options: SessionOptions
  readonly #wire: SessionWire
  readonly #peer: Peer
  #heartbeat: Heartbeat | undefined
  #opened: RequestResult<'session.open'> | undefined
  /** Once the server has said that it takes several messages in a frame. */
  #gatherer: FrameGatherer | undefined
  /** What arrived before the owner knew of the session; afterwards `undefined`. */
  #held: (() => void)[] | undefined = []

  constructor(options: SessionOptions, wire: SessionWire) {
    this.#options = options
    this.#wire = wire
    this.#peer = new Peer({
      send: text => this.#send(text),
      refuseRequest: text => this.#refuse(text),
      onNotification: (method, params) => this.#onNotification(method, params),
      onFault: error => wire.onDead(error),
      clock: options.clock,
    })
  }

  /** Known once it is open. */
  get facts(): RequestResult<'session.open'> {
    if (!this.#opened) throw new IMError('NOT_CONNECTED', 'There is no session; call connect first.')
    return this.#opened
  }

  /** The handshake. @throws IMError the server's refusal, or a connection code */
  async open({ agentId, deviceId, token, cursor, incomplete }: LinkCredentials): Promise<void> {
    const who = { agentId, deviceId, token, cursor, versions: [...PROTOCOL_VERSIONS], capabilities: [BATCH] }
    const params = incomplete.length > 0 ? { ...who, incomplete } : who
    this.#opened = await this.#call('session.open', params, this.#options.connectTimeoutMs)
    if (this.#opened.capabilities.includes(BATCH)) {
      const maxLength = this.#opened.limits.frameBytes / MAX_BYTES_PER_UNIT
      this.#gatherer = new FrameGatherer(frame => this.#wire.send(frame), maxLength)
    }
    const silenceMs = this.#opened.heartbeatMs + this.#options.heartbeatGraceMs
    this.#heartbeat = new Heartbeat(this.#options.clock, silenceMs, () => {
      this.#wire.onDead(new IMError('CONNECTION_LOST', `Nothing was heard for ${silenceMs} ms.`))
    })
    this.#heartbeat.start()
  }

  /** Hands over what arrived meanwhile, and from now on at once. */
  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const deliver of held) deliver()
  }

  receive(text: string): void {
    this.#heartbeat?.heard()
    this.#peer.receive(text)
  }

  end(error: IMError): void {
    this.#gatherer?.flush()
    this.#heartbeat?.stop()
    this.#held = []
    this.#peer.end(error)
  }

  request<M extends RequestMethod>(method: M, params: RequestParams<M>): Promise<RequestResult<M>> {
    return this.#call(method, params, this.#options.requestTimeoutMs)
  }

  acknowledge(offset: number): void {
    this.#peer.notify('feed.ack', { offset })
  }

  abandon(error: IMError): void {
    this.#wire.onDead(error)
  }

  #send(text: string): void {
    if (this.#gatherer) this.#gatherer.add(text)
    else this.#wire.send(text)
  }

  /** A server ends the connection for a frame that is too large, and would again at every attempt. */
  #refuse(text: string): IMError | undefined {
    const limit = this.#opened?.limits.frameBytes ?? Number.POSITIVE_INFINITY
    if (text.length * MAX_BYTES_PER_UNIT <= limit || new TextEncoder().encode(text).length <= limit) return undefined
    return new IMError('MESSAGE_TOO_LARGE', `The server takes at most ${limit} bytes at once.`, { details: { limit } })
  }

  async #call<M extends RequestMethod>(method: M, params: unknown, timeoutMs: number): Promise<RequestResult<M>> {
    const schema = usualResults[method as keyof typeof usualResults] ?? (await rareResult(method))
    const result = await this.#peer.request(method, params, timeoutMs)
    try {
      return validate(schema, result, `The answer to ${method}`) as RequestResult<M>
    } catch (cause) {
      if (!this.#opened) throw cause // the handshake is its caller's to give up
      // No refusal: what was asked for may have happened. The session is over before its caller learns of it.
      const error = new IMError('CONNECTION_LOST', `The answer to ${method} cannot be read.`, { cause })
      this.#wire.onDead(error)
      throw error
    }
  }

  #onNotification(method: string, params: unknown): void {
    if (!Object.hasOwn(serverNotificationSchemas, method)) return // a newer server: no error
    try {
      this.#deliver(method as ServerNotification, params)
    } catch (error) {
      this.#wire.onDead(error as IMError)
    }
  }

  #deliver(method: ServerNotification, params: unknown): void {
    const checked = validate(serverNotificationSchemas[method], params, method)
    switch (method) {
      case 'feed.events':
        return this.#hand(() => this.#wire.onFeed(checked as FeedBatch))
      case 'presence.changed':
        return this.#hand(() => this.#wire.onPresence(checked as Presence))
      case 'heartbeat':
        return this.#peer.notify('heartbeat', {})
      case 'session.closing':
        return this.#wire.onClosing((checked as { retryAfterMs?: number }).retryAfterMs)
    }
  }

  #hand(deliver: () => void): void {
    if (this.#held) this.#held.push(deliver)
    else deliver()
  }
}

/** The schema of a rare result: the session loads it with the first request of its kind. */
async function rareResult(method: RequestMethod) {
  const { rareResults } = await import('../protocol/rare-results.ts')
  return rareResults[method as keyof typeof rareResults]
}
