/** What a program wants to send, checked and made into an entry of the outbox. */
import type { Clock } from '../model/clock.ts'
import { isEventId } from '../model/fields.ts'
import { isId, type UuidSource } from '../model/id.ts'
import type { Json } from '../model/json.ts'
import type { Message } from '../model/message.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { MessageHandler } from './message-handler.ts'
import type { Draft } from './outbox.ts'
import { isText, type QueuedMessage, viewQueuedText } from './queued.ts'

/** The longest text of a message, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 1_048_576

/** A message to send. */
export interface OutgoingMessage {
  /** An account, or a group. */
  readonly to: string
  readonly text: string
  /** The id of the message that this one answers. */
  readonly replyTo?: string
  /** Any value that superjson can carry. */
  readonly data?: unknown
  readonly parts?: readonly Json[]
  /** An id of your own, the same for every attempt to say the same thing: it is sent once. A UUIDv7 by default. */
  readonly id?: string
}

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
    const { to, text, replyTo, data, parts, id } = message
    const head = this.head(to, id)
    const draft: Draft = { type: 'message', id: head.id, conversationId: to, sentAt: head.sentAt, text }
    if (replyTo !== undefined) draft.replyTo = replyTo
    if (parts !== undefined) draft.parts = [...parts]
    const entry = (await this.enqueue(draft, { data, again: id !== undefined })) as QueuedMessage
    const { agentId } = this.#messaging
    return isText(entry) ? viewQueuedText(entry, agentId) : (await this.#richContent()).viewQueued(entry, agentId)
  }

  /** Encodes data and parts, then enqueues: in the order of the calls, however long the encoding of one takes. */
  enqueue(draft: Draft, { data, again }: { data?: unknown; again?: boolean } = {}): Promise<OutboxEntry> {
    const { outbox } = this.#messaging
    if (!this.#encoding && isEncoded(draft, data)) return outbox.enqueue(draft, again)
    const turn = (this.#encoding ?? Promise.resolve()).then(() => this.#encode(draft, data))
    const encoding: Promise<void> = turn.then(
      () => this.#ended(encoding),
      () => this.#ended(encoding), // its caller is told; the next go on
    )
    this.#encoding = encoding
    return turn.then(encoded => outbox.enqueue(encoded, again))
  }

  async #encode(draft: Draft, data: unknown): Promise<Draft> {
    return isEncoded(draft, data) ? draft : (await this.#richContent()).encodeDraft(draft, data)
  }

  async #richContent() {
    this.#rich ??= await import('./rich-content.ts')
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

/** Whether a draft can be stored as it is, and shown: what that needs besides is loaded before, not after it is durable. */
function isEncoded(draft: Draft, data: unknown): boolean {
  return data === undefined && (draft.type !== 'message' || isText(draft))
}

/** Whether a value can be the text of a message. */
export function isSendableText(text: unknown): boolean {
  return typeof text === 'string' && text.length <= MAX_TEXT_LENGTH
}

function isIdOrNone(id: unknown): boolean {
  return id === undefined || isEventId(id)
}

function isSendable({ to, text, replyTo, id }: OutgoingMessage): boolean {
  return isId(to) && isSendableText(text) && isIdOrNone(replyTo) && isIdOrNone(id)
}
