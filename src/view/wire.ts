/**
 * The wire between an owner and a view: JSON-RPC 2.0 over a port, with values of the client's interface as parameters and
 * results, and with errors of every class. Each end asks the other: a view for what a client does, an owner for what the
 * view's handlers do.
 */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { Peer } from '../protocol/peer.ts'
import type { Port, PortEvents } from '../storage/views.ts'
import { pack, unpack } from './values.ts'

/** A call's parameters by name. */
export type Params = Readonly<Record<string, unknown>>

/** What answers the other end, by the names of the calls. */
export type Answers = Readonly<Record<string, (params: never) => unknown>>

/** How often the other end is asked whether it lives, and how long it may take to say so, in milliseconds. */
const PULSE_MS = 5_000
const PULSE_TIMEOUT_MS = 15_000

/**
 * An end for which this many characters wait is given up once it has been silent for so long, in milliseconds: it reads
 * nothing, or its pulse would have come. How much is sent at once says nothing of that.
 */
const MAX_BUFFERED = 16 * 1024 * 1024
const SILENCE_MS = 8_000

/** What a {@link Wire} works with. */
export interface WireOptions {
  readonly clock: Clock
  readonly answers: Answers
  /** What requests are rejected with once the other end is gone. */
  readonly gone: IMError
  /** The other end is gone. Called once, and not for one's own `close`. */
  readonly onEnd: () => void
}

/** See the head of this file. Calls go out, and are begun with at the other end, in the order in which they were made. */
export class Wire implements PortEvents {
  readonly #options: WireOptions
  readonly #peer: Peer
  #port: Port | undefined
  #cancelPulse: () => void = () => {}
  #ended = false
  /** When something came from the other end. */
  #heardAt: number

  constructor(options: WireOptions) {
    this.#options = options
    this.#heardAt = options.clock.elapsed()
    this.#peer = new Peer({
      send: text => this.#send(text),
      onRequest: (method, params) => this.#answer(method, params),
      onNotification: (method, params) => void this.#answer(method, params),
      onFault: () => this.#end(), // no sense was to be made of it
      clock: options.clock,
    })
  }

  /** Takes the port into use, unless it has ended meanwhile. */
  attach(port: Port): void {
    if (this.#ended) return port.close()
    this.#port = port
    this.#beat()
  }

  /**
   * Asks the other end. @throws what it throws; what it was said to be rejected with once it is gone; `TypeError`, IMError
   * `PAYLOAD_INVALID` for what cannot be handed over
   */
  async request(method: string, params: Params, timeoutMs: number = Number.POSITIVE_INFINITY): Promise<unknown> {
    const outcome = unpack((await this.#peer.request(method, pack(params), timeoutMs)) as Json)
    const { error, value } = outcome as { readonly error?: unknown; readonly value?: unknown }
    if (error !== undefined) throw error
    return value
  }

  /** Resolves when the other end has read what it was sent before. @throws as {@link request} */
  async pulse(): Promise<void> {
    await this.request('pulse', {}, PULSE_TIMEOUT_MS)
  }

  /** Tells the other end. */
  notify(method: string, params: Params): void {
    this.#peer.notify(method, pack(params))
  }

  /** Ends the wire from this side, and what is under way with a reason. */
  close(reason: IMError): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelPulse()
    this.#peer.end(reason)
    this.#port?.close()
  }

  onText(text: string): void {
    this.#heardAt = this.#options.clock.elapsed()
    this.#peer.receive(text)
  }

  onClose(): void {
    this.#end()
  }

  #send(text: string): void {
    const { bufferedAmount = 0 } = this.#port ?? {}
    const silentMs = this.#options.clock.elapsed() - this.#heardAt
    if (bufferedAmount > MAX_BUFFERED && silentMs > SILENCE_MS) this.#end()
    else this.#port?.send(text)
  }

  /** What an answer throws is a part of the answer: a JSON-RPC error is one of the wire itself. */
  async #answer(method: string, params: unknown): Promise<Json> {
    try {
      const { answers } = this.#options
      const own = Object.hasOwn(answers, method) ? answers[method] : undefined
      const answer = method === 'pulse' ? () => true : own
      if (!answer) throw new IMError('PROTOCOL_METHOD_UNKNOWN', `There is no method ${method} here.`)
      return { value: pack(await answer(unpack(params as JsonObject) as never)) }
    } catch (error) {
      return { error: pack(error instanceof Error ? error : new Error(String(error))) }
    }
  }

  #beat(): void {
    this.#cancelPulse = this.#options.clock.schedule(() => {
      this.pulse().then(
        () => this.#ended || this.#beat(),
        () => this.#end(),
      )
    }, PULSE_MS)
  }

  #end(): void {
    if (this.#ended) return
    this.close(this.#options.gone)
    this.#options.onEnd()
  }
}
