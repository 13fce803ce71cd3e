/**
 * One page that looks at a workspace: it says who it is, and from then on texts go between its socket and the owner's port.
 * Where either ends, both do; whatever the page sends, the owner meets only calls that are on the list, a few at a time.
 */
import { IMError, isId, type Port, type PortEvents } from '../../src/index.ts'
import type { Credentials } from '../../src/server/index.ts'
import { crossing } from './view-calls.ts'
import { callFrame, errorFrame, type Frame, type FrameId, readFrame, resultFrame } from './view-frames.ts'

/** Calls of one page that the owner has not answered yet. */
const MAX_OPEN_CALLS = 32

/** Texts that are no message of the protocol, before the page is cut. */
const MAX_BAD_FRAMES = 16

/** Characters that wait for a page that does not read, and for an owner that does not. */
const MAX_TO_PAGE = 16 * 1024 * 1024
const MAX_TO_OWNER = 1024 * 1024

/** The longest text that a page is sent: a longer answer becomes an error. */
const MAX_ANSWER = 8 * 1024 * 1024

/** The longest token, in characters. */
const MAX_TOKEN = 16 * 1024

/** Why a socket is closed: as WebSocket has it (RFC 6455, section 7.4.1), and one of this protocol's own. */
export const CLOSE = { goingAway: 1001, policy: 1008, tooBig: 1009, refused: 4403, ownerGone: 4410 } as const

/** The page's socket. */
export interface PageSocket {
  readonly bufferedAmount: number
  send(text: string): void
  close(code: number): void
}

/** What a page finds that was let in. */
export interface Entered {
  readonly answer: object
  /** Leads to the owner. Without it there is nothing more to say. */
  readonly port?: Port | undefined
}

/** What a relay works with. */
export interface RelayOptions {
  readonly socket: PageSocket
  /** Lets the page in, and reaches the owner where it is there. @throws IMError */
  readonly enter: (credentials: Credentials, events: PortEvents) => Promise<Entered>
  /** The page was let in. */
  readonly onEntered: () => void
}

/** See the head of this file. */
export class Relay implements PortEvents {
  readonly #options: RelayOptions
  #port: Port | undefined
  #hasEntered = false
  #ended = false
  #badFrames = 0
  /** What the owner was asked and has not answered, and what it has asked the page. */
  readonly #open = new Set<FrameId>()
  readonly #asked = new Set<FrameId>()

  constructor(options: RelayOptions) {
    this.#options = options
  }

  /** A text of the page. */
  fromPage(text: string): void {
    if (this.#ended) return
    const frame = readFrame(text)
    if (!frame) return this.#bad()
    if (this.#port) this.#toOwner(this.#port, frame)
    else if (this.#hasEntered)
      this.end(CLOSE.policy) // it does not wait to be let in
    else void this.#enter(frame)
  }

  /** A text of the owner. */
  onText(text: string): void {
    const frame = this.#ended ? undefined : readFrame(text)
    if (!frame) return
    const isTooLong = text.length > MAX_ANSWER
    if (frame.kind === 'answer') {
      if (this.#open.delete(frame.id)) this.#send(isTooLong ? errorFrame(frame.id, tooLong()) : text)
      return
    }
    if (isTooLong || (frame.method !== 'pulse' && frame.method !== 'event')) return
    if (frame.id !== undefined) this.#asked.add(frame.id)
    this.#send(text)
  }

  /** The owner has gone. */
  onClose(): void {
    this.end(CLOSE.ownerGone)
  }

  /** Ends both sides. */
  end(code: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#port?.close()
    this.#options.socket.close(code)
  }

  async #enter(frame: Frame): Promise<void> {
    this.#hasEntered = true
    const id = frame.id ?? null
    try {
      const { answer, port } = await this.#options.enter(credentialsOf(frame), this)
      if (this.#ended) return port?.close()
      this.#options.onEntered()
      this.#port = port
      if (id !== null) this.#send(resultFrame(id, answer))
      if (!port) this.end(CLOSE.ownerGone)
    } catch (error) {
      if (this.#ended) return
      this.#options.socket.send(errorFrame(id, error))
      this.end(CLOSE.refused)
    }
  }

  #toOwner(port: Port, frame: Frame): void {
    if (port.bufferedAmount > MAX_TO_OWNER) return this.end(CLOSE.tooBig)
    if (frame.kind === 'answer') {
      if (this.#asked.delete(frame.id)) port.send(resultFrame(frame.id, { value: true })) // all that it is asked is whether it lives
      return
    }
    const { id, method, params } = frame
    try {
      const call = crossing(method, params)
      if (id !== undefined) this.#begin(id)
      port.send(callFrame(id, call))
    } catch (error) {
      if (id !== undefined) this.#send(errorFrame(id, error))
    }
  }

  #begin(id: FrameId): void {
    if (this.#open.has(id)) throw new IMError('PROTOCOL_PARAMS_INVALID', 'The id is that of another call.')
    if (this.#open.size >= MAX_OPEN_CALLS) throw new IMError('RATE_LIMITED', 'Too many calls at once.')
    this.#open.add(id)
  }

  #send(text: string): void {
    const { socket } = this.#options
    if (socket.bufferedAmount + text.length > MAX_TO_PAGE) this.end(CLOSE.tooBig)
    else socket.send(text)
  }

  #bad(): void {
    this.#badFrames += 1
    if (!this.#hasEntered || this.#badFrames > MAX_BAD_FRAMES) return this.end(CLOSE.policy)
    this.#send(errorFrame(null, new IMError('PROTOCOL_FRAME_INVALID', 'The frame is no JSON-RPC 2.0.')))
  }
}

function credentialsOf(frame: Frame): Credentials {
  const isAuthenticate = frame.kind === 'call' && frame.method === 'authenticate'
  const { agentId, token } = ((isAuthenticate ? frame.params : null) ?? {}) as Readonly<Record<string, unknown>>
  if (!isId(agentId) || !(token === undefined || (typeof token === 'string' && token.length <= MAX_TOKEN))) {
    throw new IMError('PROTOCOL_SESSION_REQUIRED', 'The first call is "authenticate", with an account and its token.')
  }
  return { agentId, token }
}

function tooLong(): IMError {
  return new IMError('PROTOCOL_FRAME_TOO_LARGE', 'The answer is longer than a page is sent.')
}
