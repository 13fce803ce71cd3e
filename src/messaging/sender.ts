/**
 * Sends what is in the outbox: first-in first-out in each conversation, many at once. An entry leaves the outbox when
 * the server has answered; until then it is sent again on every new session.
 */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { AppendResult, RequestParams } from '../protocol/schemas.ts'
import type { OutboxEntry } from '../storage/schema.ts'

/** What the sender works with. */
export interface SenderOptions {
  readonly clock: Clock
  /** The outbox, first-in first-out. */
  readonly entries: () => OutboxEntry[]
  /** Stores that an entry was accepted. */
  readonly onAccepted: (entry: OutboxEntry, result: AppendResult) => Promise<void>
  /** Stores that an entry was refused for good. */
  readonly onRefused: (entry: OutboxEntry, error: IMError) => Promise<void>
}

/** A pause after an answer that asks to come back and does not say when, in milliseconds. */
const DEFAULT_PAUSE_MS = 1000

const UNFORESEEN = 'Sending failed in a way that was not foreseen.'

/** Sends on one session: made when it has caught up, stopped when it ends. */
export class Sender {
  readonly #options: SenderOptions
  readonly #session: LinkSession
  readonly #inFlight = new Set<string>()
  /** The last entry in flight of each conversation: what the next one must follow. */
  readonly #tails = new Map<string, string>()
  /** What is to be sent, first-in first-out; what stands before `#next` was. */
  #waiting: OutboxEntry[]
  #next = 0
  /** Refused for the moment. While there are any, nothing is sent until everything under way has come back. */
  #returned: OutboxEntry[] = []
  #cancelPause: (() => void) | undefined
  /** Whether a pause has ended since something was refused. */
  #rested = false
  #stopped = false

  constructor(session: LinkSession, options: SenderOptions) {
    this.#session = session
    this.#options = options
    this.#waiting = options.entries()
  }

  /** Sends as many as the window allows. */
  pump(): void {
    if (this.#returned.length > 0) this.#takeBack()
    const window = this.#session.facts.limits.requestsInFlight
    while (!this.#isHeld && this.#inFlight.size < window) {
      const entry = this.#waiting[this.#next]
      if (!entry) break
      this.#next += 1
      void this.#send(entry)
    }
    if (this.#next < this.#waiting.length / 2) return // a copy now and then: a shift for each would move all that follow
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
  }

  /** Takes a new entry. */
  add(entry: OutboxEntry): void {
    this.#waiting.push(entry)
    this.pump()
  }

  stop(): void {
    this.#stopped = true
    this.#cancelPause?.()
  }

  get #isHeld(): boolean {
    return this.#stopped || this.#cancelPause !== undefined || this.#returned.length > 0
  }

  async #send(entry: OutboxEntry): Promise<void> {
    const { id, conversationId } = entry
    const after = this.#tails.get(conversationId)
    this.#inFlight.add(id)
    this.#tails.set(conversationId, id)
    try {
      const result = await request(this.#session, entry, after)
      if (!this.#stopped) await this.#options.onAccepted(entry, result)
      this.#land(entry)
    } catch (error) {
      this.#land(entry)
      if (!this.#stopped) await this.#refused(entry, error)
    }
    this.pump()
  }

  #land({ id, conversationId }: OutboxEntry): void {
    this.#inFlight.delete(id)
    if (this.#tails.get(conversationId) === id) this.#tails.delete(conversationId)
  }

  /** Tries again what may succeed later, and puts aside what cannot. */
  async #refused(entry: OutboxEntry, error: unknown): Promise<void> {
    if (!(error instanceof IMError)) return this.#session.abandon(asIMError(error, UNFORESEEN))
    if (error.code === 'CONNECTION_TIMEOUT' || error.code.startsWith('STORAGE_')) return this.#session.abandon(error)
    if (!error.retryable) return this.#putAside(entry, error)
    this.#returned.push(entry)
    // What follows a refused one is refused with it: that one knows better when to come back.
    if (error.code !== 'MESSAGE_OUT_OF_ORDER') this.#pause(error.retryAfterMs)
  }

  /** Once nothing is under way, what was refused goes back to its place: two that follow each other never meet again. */
  #takeBack(): void {
    if (this.#stopped || this.#cancelPause || this.#inFlight.size > 0) return
    if (!this.#rested) return this.#pause()
    this.#rested = false
    this.#waiting = [...this.#returned, ...this.#waiting.slice(this.#next)].sort((a, b) => a.order - b.order)
    this.#next = 0
    this.#returned = []
  }

  async #putAside(entry: OutboxEntry, error: IMError): Promise<void> {
    try {
      await this.#options.onRefused(entry, error)
    } catch (failure) {
      this.#session.abandon(asIMError(failure, UNFORESEEN))
    }
  }

  #pause(pauseMs = DEFAULT_PAUSE_MS): void {
    this.#cancelPause?.()
    this.#cancelPause = this.#options.clock.schedule(() => {
      this.#cancelPause = undefined
      this.#rested = true
      this.pump()
    }, pauseMs)
  }
}

/** The requests that send what is no message. */
const METHODS = { edit: 'message.edit', deletion: 'message.delete', reaction: 'message.react' } as const

/** The request that sends an entry. */
function request(session: LinkSession, entry: OutboxEntry, after: string | undefined): Promise<AppendResult> {
  if (entry.type === 'message') {
    const { type: _, order: __, conversationId: to, ...content } = entry
    return session.request('message.send', { after, to, ...content })
  }
  const { type, order: _, sentAt: __, ...content } = entry
  return session.request(METHODS[type], { after, ...content } as RequestParams<'message.edit'>)
}
