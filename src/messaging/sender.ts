/**
 * Sends what is in the outbox: first-in first-out in each conversation, many at once. An entry leaves the outbox when
 * the server has answered; until then it is sent again on every new session.
 */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, type IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { AppendResult, RequestParams } from '../protocol/schemas.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { HeldBack } from './held-back.ts'

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

/** Sends on one session: made when it has caught up, stopped when it ends. */
export class Sender {
  readonly #options: SenderOptions
  readonly #session: LinkSession
  /** The ids under way in each conversation, first-in first-out: the next one must follow the last of them. */
  readonly #underWay = new Map<string, string[]>()
  #inFlight = 0
  /** What is to be sent, first-in first-out; what stands before `#next` was. */
  #waiting: OutboxEntry[]
  #next = 0
  /** What the server refused, once it has. */
  #heldBack: HeldBack | undefined
  #stopped = false

  constructor(session: LinkSession, options: SenderOptions) {
    this.#session = session
    this.#options = options
    this.#waiting = options.entries()
  }

  /** Sends as many as the window allows. */
  pump(): void {
    const window = this.#session.facts.limits.requestsInFlight
    while (!this.#stopped && !this.#heldBack?.holdsEverything && this.#inFlight < window) {
      const entry = this.#heldBack?.next() ?? this.#waiting[this.#next++]
      if (!entry) break
      if (!this.#heldBack?.takes(entry)) void this.#send(entry)
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
    this.#heldBack?.stop()
  }

  async #send(entry: OutboxEntry): Promise<void> {
    const { id, conversationId } = entry
    const underWay = this.#underWay.get(conversationId) ?? []
    const after = underWay.at(-1)
    this.#underWay.set(conversationId, underWay)
    underWay.push(id)
    this.#inFlight += 1
    try {
      const result = await request(this.#session, entry, after)
      if (!this.#stopped) await this.#options.onAccepted(entry, result)
    } catch (error) {
      if (!this.#stopped) await this.#refused(entry, error)
    }
    this.#inFlight -= 1
    underWay.splice(underWay.indexOf(id), 1)
    if (underWay.length === 0) {
      this.#underWay.delete(conversationId)
      this.#heldBack?.settle(conversationId)
    }
    this.pump()
  }

  /** It stays under way until it is held back or put aside: what is sent meanwhile follows it, and is refused with it. */
  async #refused(entry: OutboxEntry, error: unknown): Promise<void> {
    try {
      const heldBack = this.#heldBack ?? (await this.#holdBack())
      if (!this.#stopped) await heldBack.refused(entry, error)
    } catch (failure) {
      this.#session.abandon(asIMError(failure, 'Sending failed.'))
    }
  }

  async #holdBack(): Promise<HeldBack> {
    const { HeldBack } = await import('./held-back.ts')
    this.#heldBack ??= new HeldBack({ ...this.#options, onRested: () => this.pump() })
    return this.#heldBack
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
