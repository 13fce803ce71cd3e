/**
 * One page that looks at a workspace: it says who it is, and from then on texts go between its socket and the owner's port.
 * Where either ends, both do; whatever the page sends, the owner meets only calls that are on the list, a few at a time.
 */
import {
  errorFrame,
  type Frame,
  Gate,
  type GateEnd,
  type GateLimits,
  type GateRules,
  IMError,
  isId,
  type Port,
  type PortEvents,
  readFrame,
  resultFrame,
} from '../../src/index.ts'
import type { Credentials } from '../../src/server/index.ts'
import { crossing } from './view-calls.ts'

/** What passes between one page and the owner. */
const LIMITS: GateLimits = {
  openCalls: 32,
  badFrames: 16,
  toView: 16 * 1024 * 1024,
  toOwner: 1024 * 1024,
  answer: 8 * 1024 * 1024,
}

/** The longest token, in characters. */
const MAX_TOKEN = 16 * 1024

/** Why a socket is closed: as WebSocket has it (RFC 6455, section 7.4.1), and one of this protocol's own. */
export const CLOSE = { goingAway: 1001, policy: 1008, tooBig: 1009, refused: 4403, ownerGone: 4410 } as const

/** With which of them a gate's end is told. */
const CODES: Readonly<Record<GateEnd, number>> = {
  nonsense: CLOSE.policy,
  viewIsSlow: CLOSE.tooBig,
  ownerIsSlow: CLOSE.tooBig,
  ownerIsGone: CLOSE.ownerGone,
}

/** All that a page is asked is whether it lives. */
const PAGE_RULES: GateRules = {
  crossing,
  mayHear: method => method === 'pulse' || method === 'event',
  answer: () => ({ value: true }),
}

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
export class Relay {
  readonly #options: RelayOptions
  readonly #gate: Gate
  #hasEntered = false
  #isIn = false
  #ended = false

  constructor(options: RelayOptions) {
    this.#options = options
    this.#gate = new Gate({
      view: options.socket,
      rules: PAGE_RULES,
      limits: LIMITS,
      onEnd: end => this.end(CODES[end]),
    })
  }

  /** A text of the page. */
  fromPage(text: string): void {
    if (this.#ended) return
    if (this.#isIn) return this.#gate.fromView(text)
    const frame = readFrame(text)
    if (this.#hasEntered || !frame)
      this.end(CLOSE.policy) // it does not wait to be let in, or does not ask
    else void this.#enter(frame)
  }

  /** Ends both sides. */
  end(code: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#gate.close()
    this.#options.socket.close(code)
  }

  async #enter(frame: Frame): Promise<void> {
    this.#hasEntered = true
    const id = frame.id ?? null
    const { socket, enter, onEntered } = this.#options
    try {
      const { answer, port } = await enter(credentialsOf(frame), this.#gate)
      if (this.#ended) return port?.close()
      onEntered()
      if (port) this.#gate.attach(port)
      this.#isIn = true
      if (id !== null) socket.send(resultFrame(id, answer))
      if (!port) this.end(CLOSE.ownerGone)
    } catch (error) {
      if (this.#ended) return
      socket.send(errorFrame(id, error))
      this.end(CLOSE.refused)
    }
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
