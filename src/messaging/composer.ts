/** What a program wants to send, checked and made into an entry of the outbox. */
import type { Clock } from '../model/clock.ts'
import type { MessageExtras } from '../model/event.ts'
import { isEventId } from '../model/fields.ts'
import { isId, type UuidSource } from '../model/id.ts'
import type { Message } from '../model/message.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { MessageHandler } from './message-handler.ts'
import type { Draft } from './outbox.ts'
import { isText, type QueuedMessage, viewQueuedText } from './queued.ts'

/** The longest text of a message, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 1_048_576

/** A message to send, to an account or a group. What its fields mean is said in {@link Message}. */
export interface OutgoingMessage extends Pick<Message, 'to' | 'text' | keyof MessageExtras> {
  /** An id of your own, the same for every attempt to say the same thing: it is sent once. A UUIDv7 by default. */
  readonly id?: string
}

/** What a message says beside its text, as a program gives it. */
export type OutgoingExtras = { readonly [Name in keyof MessageExtras]?: unknown }

/** Composes events of this client's own and puts them into the outbox. */
export class Composer {
  readonly #messaging: MessageHandler
  readonly #newId: UuidSource
  readonly #clock: Clock
  /** Ends when nothing is being encoded any more; `undefined` once it has. */
  #encoding: Promise<unknown> | undefined
  #rich: typeof import('./rich-content.ts') | undefined
  /** The last instant and its text: of the messages of a burst most are of one. */
  #now = { at: Number.NaN, text: '' }

  constructor(messaging: MessageHandler, { newId, clock }: { newId: UuidSource; clock: Clock }) {
    this.#messaging = messaging
    this.#newId = newId
    this.#clock = clock
  }

  /**
   * Resolves when the message is durable in the outbox.
   * @throws IMError `ID_INVALID`, `MESSAGE_TOO_LARGE`, `PAYLOAD_INVALID`, those of the write; `TypeError` for a wrong type
   */
  async send(message: OutgoingMessage): Promise<Message> {
    if (!isSendable(message)) (await import('./refusal.ts')).refuse(message)
    const { to, text, id } = message
    const head = this.head(to, id)
    const draft: Draft = { type: 'message', id: head.id, conversationId: to, sentAt: head.sentAt, text }
    const origin = message.auto === undefined && this.#messaging.originIn(to)
    const extras = origin ? { ...message, ...origin } : message
    const entry = (await this.enqueue(draft, extras, id !== undefined)) as QueuedMessage
    const { agentId } = this.#messaging
    return isText(entry)
      ? viewQueuedText(entry, agentId)
      : (await this.#richContent()).viewQueued(entry, { agentId, now: this.#clock.now() })
  }

  /** Adds what it says beside its text, then enqueues: in the order of the calls, however long the encoding of one takes. */
  enqueue(draft: Draft, extras: OutgoingExtras = {}, again?: boolean): Promise<OutboxEntry> {
    const { outbox } = this.#messaging
    const plain = isText(extras)
    if (!this.#encoding && plain) return outbox.enqueue(draft, again)
    const turn = (this.#encoding ?? Promise.resolve()).then(async () =>
      plain ? draft : (await this.#richContent()).encodeDraft(draft, extras),
    )
    const encoding: Promise<void> = turn.then(
      () => this.#ended(encoding),
      () => this.#ended(encoding), // its caller is told; the next go on
    )
    this.#encoding = encoding
    return turn.then(encoded => outbox.enqueue(encoded, again))
  }

  async #richContent() {
    this.#rich ??= await this.#messaging.work(() => import('./rich-content.ts')) // the work looks at what is to be sent
    return this.#rich
  }

  #ended(encoding: Promise<unknown>): void {
    if (this.#encoding === encoding) this.#encoding = undefined
  }

  /** What every entry begins with. */
  head(conversationId: string, id = this.#newId()) {
    return { id, conversationId, sentAt: this.#sentAt() }
  }

  #sentAt(): string {
    const at = this.#clock.now()
    if (at !== this.#now.at) this.#now = { at, text: new Date(at).toISOString() }
    return this.#now.text
  }
}

/** Whether a value can be the text of a message. */
export function isSendableText(text: unknown): boolean {
  return typeof text === 'string' && text.length <= MAX_TEXT_LENGTH
}

function isIdOrNone(id: unknown): boolean {
  return id === undefined || isEventId(id)
}

/** Whether a message can be sent, but for what it says beside its text. */
export function isSendable({ to, text, replyTo, id }: OutgoingMessage): boolean {
  return isId(to) && isSendableText(text) && isIdOrNone(replyTo) && isIdOrNone(id)
}
