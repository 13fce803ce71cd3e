/**
 * One wire, from the first frame to the last: keeps out what is no IM Protocol, hands requests to their methods and
 * ends with one close code. Whatever one client does here, the server and the other clients go on.
 */
import { IMError, type IMErrorCode } from '../errors.ts'
import { errorText } from '../protocol/answers.ts'
import { FrameGatherer } from '../protocol/frame-gatherer.ts'
import { callText, messagesOf, parseMessage, type RpcId, type RpcMessage } from '../protocol/json-rpc.ts'
import { requestParams } from '../protocol/request-params.ts'
import { clientNotificationSchemas, type ServerNotification } from '../protocol/schemas.ts'
import { validate } from '../protocol/validate.ts'
import { BATCH, CLOSE_CODES } from '../protocol/version.ts'
import { admit, isRecovered, type OpenParams, requireConnection, welcome } from './handshake.ts'
import { METHODS } from './methods/index.ts'
import { guardParams, guardStamps } from './params-guard.ts'
import { type Reply, RpcReply } from './reply.ts'
import type { ServerConnection, ServerSocket } from './server-socket.ts'
import type { Services } from './services.ts'
import { Session } from './session.ts'
import { SessionHeartbeat } from './session-heartbeat.ts'

/** A client that lets this many bytes of answers wait does not read them. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024

/** Clients count their sends alone against `requestsInFlight`: there is as much room again for everything else. */
const IN_FLIGHT_SLACK = 2

/** When to try again after too many requests under way, in milliseconds. */
const BUSY_RETRY_MS = 100

type CloseName = keyof typeof CLOSE_CODES

/** How a refused `session.open` ends the connection. */
const REFUSALS: Partial<Record<IMErrorCode, CloseName>> = {
  AUTH_FAILED: 'auth',
  PROTOCOL_VERSION_UNSUPPORTED: 'version',
  SERVER_DRAINING: 'draining',
  RATE_LIMITED: 'flood',
  INTERNAL: 'internal',
}

/** The server's end of one wire. */
export class Connection implements ServerConnection {
  readonly #services: Services
  readonly #socket: ServerSocket
  readonly #onEnd: () => void
  readonly #heartbeat: SessionHeartbeat
  #cancelHandshake: (() => void) | undefined
  #opening = false
  #session: Session | undefined
  /** Once the client has said that it takes several messages in a frame. */
  #gatherer: FrameGatherer | undefined
  #inFlight = 0
  #badFrames = 0
  #ended = false

  constructor(services: Services, socket: ServerSocket, onEnd: () => void) {
    this.#services = services
    this.#socket = socket
    this.#onEnd = onEnd
    this.#heartbeat = new SessionHeartbeat({
      clock: services.clock,
      heartbeatMs: services.heartbeatMs,
      graceMs: services.graceMs,
      onBeat: () => this.#notify('heartbeat', {}),
      onGone: () => this.end('silent', 'nothing was heard'),
    })
  }

  /** Requests without an answer yet. */
  get inFlight(): number {
    return this.#inFlight
  }

  start(): void {
    const { clock, limits } = this.#services
    this.#cancelHandshake = clock.schedule(() => this.end('silent', 'no session was opened'), limits.handshakeMs)
  }

  receive(text: string, byteLength = text.length): void {
    if (this.#ended) return
    this.#heartbeat.heard()
    const { frameBytes, handshakeBytes } = this.#services.limits
    const limit = this.#session ? frameBytes : Math.min(frameBytes, handshakeBytes)
    if (byteLength > limit) return this.#refuseOversized(limit)
    let messages: readonly unknown[]
    try {
      messages = messagesOf(text)
    } catch (error) {
      return this.#refuseFrame(error)
    }
    for (const message of messages) if (!this.#ended) this.#take(message)
  }

  receiveBinary(): void {
    if (!this.#ended) this.#refuseFrame(new IMError('PROTOCOL_FRAME_INVALID', 'Frames are text.'))
  }

  get opened(): boolean {
    return this.#session !== undefined
  }

  overflow(): void {
    if (!this.#ended) this.#refuseOversized(this.#services.limits.handshakeBytes)
  }

  closed(): void {
    this.#finish()
  }

  /** Tells the client that the connection is about to end, and when to come back. */
  announce(reason: string, retryAfterMs: number): void {
    this.#notify('session.closing', { reason, retryAfterMs })
  }

  /** Ends the connection from this side. */
  end(name: CloseName, reason: string): void {
    this.#gatherer?.flush()
    if (this.#ended) return
    this.#finish()
    this.#socket.close(CLOSE_CODES[name], reason)
  }

  #finish(): void {
    if (this.#ended) return
    this.#ended = true
    this.#heartbeat.stop()
    this.#cancelHandshake?.()
    if (this.#session) {
      this.#session.pump.stop()
      this.#services.hub.remove(this.#session)
    }
    this.#onEnd()
  }

  #take(message: unknown): void {
    let parsed: RpcMessage
    try {
      parsed = parseMessage(message)
    } catch (error) {
      return this.#refuseFrame(error)
    }
    if (parsed.kind === 'request') this.#request(parsed.id, parsed.method, parsed.params)
    else if (parsed.kind === 'notification') this.#notified(parsed.method, parsed.params)
  }

  #send(text: string): void {
    if (this.#ended) return
    this.#heartbeat.sent()
    if (this.#gatherer) this.#gatherer.add(text)
    else this.#write(text)
  }

  #write(frame: string): void {
    if (this.#ended) return
    this.#socket.send(frame)
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.end('flood', 'answers are not read')
  }

  #notify(method: ServerNotification, params: unknown): void {
    this.#send(callText(method, params))
  }

  #refuseOversized(limit: number): void {
    const error = new IMError('PROTOCOL_FRAME_TOO_LARGE', `A frame has at most ${limit} bytes.`, { details: { limit } })
    this.#send(errorText(null, error))
    this.end('protocol', 'a frame was too large')
  }

  #refuseFrame(error: unknown): void {
    this.#send(errorText(null, error))
    this.#badFrames += 1
    if (this.#badFrames >= this.#services.limits.badFrames) this.end('protocol', 'too many frames were not IM Protocol')
  }

  #request(id: RpcId, method: string, params: unknown): void {
    this.#inFlight += 1
    const reply = new RpcReply(id, {
      send: text => {
        this.#inFlight -= 1
        this.#send(text)
      },
      onHidden: error => this.#services.onError(asIMError(error)),
    })
    try {
      this.#dispatch(method, params, reply)
    } catch (error) {
      reply.error(error)
    }
  }

  #dispatch(method: string, params: unknown, reply: Reply): void {
    guardParams(params, this.#services.limits)
    if (method === 'session.open') return this.#open(params, reply)
    const session = this.#requireSession()
    if (!this.#admitRequest(session.agentId)) return
    if (!Object.hasOwn(METHODS, method)) {
      throw new IMError('PROTOCOL_METHOD_UNKNOWN', 'There is no such method.', { details: { method } })
    }
    guardStamps(params)
    METHODS[method as keyof typeof METHODS]({ services: this.#services, session }, params, reply)
  }

  #requireSession(): Session {
    if (this.#session) return this.#session
    this.#badFrames += 1
    if (this.#badFrames >= this.#services.limits.badFrames) this.end('protocol', 'no session was opened')
    throw new IMError('PROTOCOL_SESSION_REQUIRED', 'The first request on a connection is session.open.')
  }

  /** Counts a request against the limits. @throws IMError `RATE_LIMITED`, `SERVER_DRAINING` */
  #admitRequest(agentId: string): boolean {
    const { rate, limits, drainingMs } = this.#services
    const retryAfterMs = drainingMs()
    if (retryAfterMs !== undefined)
      throw new IMError('SERVER_DRAINING', 'The server is shutting down.', { retryAfterMs })
    if (this.#inFlight > limits.requestsInFlight * IN_FLIGHT_SLACK) {
      throw new IMError('RATE_LIMITED', 'Too many requests are under way.', { retryAfterMs: BUSY_RETRY_MS })
    }
    const verdict = rate.take(agentId)
    if (verdict.kind === 'refused') {
      throw new IMError('RATE_LIMITED', 'Too many requests.', { retryAfterMs: verdict.retryAfterMs })
    }
    if (verdict.kind === 'flood') this.end('flood', 'requests went on after RATE_LIMITED')
    return verdict.kind === 'allowed'
  }

  #open(params: unknown, reply: Reply): void {
    if (this.#session || this.#opening) throw new IMError('PROTOCOL_PARAMS_INVALID', 'The session is open already.')
    const checked = validate(requestParams['session.open'], params, 'session.open')
    this.#opening = true
    void this.#handshake(checked, reply)
  }

  async #handshake(params: OpenParams, reply: Reply): Promise<void> {
    try {
      const admission = await admit(this.#services, params)
      if (this.#ended) return
      requireConnection(this.#services, params) // again: others may have opened meanwhile
      this.#cancelHandshake?.()
      const session = new Session(this.#services, params, this.#sessionWire())
      const recovered = isRecovered(this.#services, admission)
      this.#session = session
      this.#heartbeat.start()
      this.#services.hub.add(session)
      reply.result(welcome(this.#services, { version: admission.version, recovered }))
      if (params.capabilities.includes(BATCH)) this.#gatherer = new FrameGatherer(frame => this.#write(frame))
      if (recovered) session.resume(admission, params.incomplete)
      else session.restart()
    } catch (error) {
      reply.error(error)
      const code = error instanceof IMError ? error.code : 'INTERNAL'
      this.end(REFUSALS[code] ?? 'internal', code)
    }
  }

  #sessionWire() {
    return {
      send: (text: string) => this.#send(text),
      notify: (method: ServerNotification, params: unknown) => this.#notify(method, params),
      onReplaced: () => this.end('replaced', 'the same device opened another session'),
      onFailure: (cause: unknown) => {
        this.#services.onError(asIMError(cause))
        this.end('internal', 'the feed could not be read')
      },
    }
  }

  /** A notification that is not understood is passed over; one of a wrong shape is a bad frame. */
  #notified(method: string, params: unknown): void {
    if (method !== 'feed.ack' || !this.#session) return
    try {
      const { offset } = validate(clientNotificationSchemas['feed.ack'], params, 'feed.ack')
      this.#session.pump.acknowledge(offset)
    } catch (error) {
      this.#refuseFrame(error)
    }
  }
}

function asIMError(cause: unknown): IMError {
  return cause instanceof IMError
    ? cause
    : new IMError('INTERNAL', 'A request failed by a fault of the server.', { cause })
}
