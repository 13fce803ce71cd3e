/**
 * What a handler is given beside a message: how to answer. Answers are kept until the message is handled and stored together
 * with that, under ids that follow from the message and their place: a handler that runs again answers once.
 */
import { IMError } from '../errors.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import type { Message } from '../model/message.ts'
import { isSendable, type OutgoingMessage } from './composer.ts'
import { originOf } from './handling.ts'
import type { Draft, Outbox } from './outbox.ts'
import { encodeDraft } from './rich-content.ts'

/** An answer: its recipient follows from what it answers. */
export type Reply = Omit<OutgoingMessage, 'to' | 'id' | 'replyTo' | 'replyKind' | 'auto' | 'hop' | 'causationId'>

/** What a handler is given beside the message. */
export interface HandlerContext {
  /** How often the message was offered or claimed, this time included. */
  readonly attempts: number
  /** Aborts when the work is somebody else's from now on, or the client is closed. */
  readonly signal: AbortSignal
  /**
   * Answers the message. The answer is stored, and then sent, in one write with the message being handled: if the handler
   * fails, there was none. Its id follows from the message and the answer's place among the handler's, so that it comes
   * once however often the handler runs. Resolves with that id.
   * @throws IMError as `sendMessage`; `TypeError` once the handler has ended
   */
  reply(reply: string | Reply): Promise<string>
  /** As {@link reply}, of whoever will not answer: who asked learns that the question was declined. */
  decline(reason: string | Reply): Promise<string>
  /** As {@link reply}, to anybody: hands the matter on. */
  send(message: Omit<OutgoingMessage, 'id'>): Promise<string>
  /** Tells at once that the work goes on. No answer, and nobody's handler answers it. Resolves when it is in the outbox. */
  progress(news: string | Reply): Promise<string>
}

/** What a context is made of. */
export interface ContextOptions {
  readonly message: Message
  readonly attempts: number
  readonly signal: AbortSignal
  /** Whose answers they are: a handler by its place among the others, or the worker. */
  readonly handler: number | 'worker'
  readonly outbox: Pick<Outbox, 'enqueue'>
  readonly clock: Clock
}

/** Ids have at most 128 characters: this leaves room for a conversation, a sequence and a place. */
const DERIVED_FROM_LENGTH = 72

/** See {@link HandlerContext}. */
export class HandlerRun implements HandlerContext {
  readonly #options: ContextOptions
  readonly #answers: Promise<Draft | undefined>[] = []
  #news = 0
  #ended = false

  constructor(options: ContextOptions) {
    this.#options = options
  }

  get attempts(): number {
    return this.#options.attempts
  }

  get signal(): AbortSignal {
    return this.#options.signal
  }

  // Handlers take these apart from their context: `({ reply }) => …`.
  readonly reply = (reply: string | Reply): Promise<string> => this.#keep(this.#answer(reply))
  readonly decline = (reason: string | Reply): Promise<string> =>
    this.#keep({ ...this.#answer(reason), replyKind: 'declined' })
  readonly send = (message: Omit<OutgoingMessage, 'id'>): Promise<string> => this.#keep(message)
  readonly progress = async (news: string | Reply): Promise<string> => {
    this.#requireRunning()
    this.#news += 1
    const draft = await this.#encode({ ...this.#answer(news), replyKind: 'progress' }, `progress-${this.#news}`)
    return (await this.#options.outbox.enqueue(draft)).id
  }

  /** Ends the handler's say, and gives what is to be stored with its end: in the order in which it was said. */
  async answers(): Promise<Draft[]> {
    this.#ended = true
    const drafts = await Promise.all(this.#answers)
    return drafts.filter(draft => draft !== undefined)
  }

  async #keep(message: OutgoingMessage): Promise<string> {
    this.#requireRunning()
    const encoding = this.#encode(message, String(this.#answers.length + 1))
    this.#answers.push(encoding.catch(() => undefined)) // the handler is told
    return (await encoding).id
  }

  #answer(reply: string | Reply): OutgoingMessage {
    const { id, conversationId } = this.#options.message
    const content = typeof reply === 'string' ? { text: reply } : reply
    return { ...content, to: conversationId, replyTo: id }
  }

  async #encode(outgoing: OutgoingMessage, place: string): Promise<Draft> {
    const { message, clock } = this.#options
    if (!isSendable(outgoing)) (await import('./refusal.ts')).refuse(outgoing)
    const { to, text } = outgoing
    const id = this.#idOf(place)
    const draft: Draft = { type: 'message', id, conversationId: to, sentAt: isoTime(clock), text }
    return encodeDraft(draft, { ...outgoing, ...originOf(message) })
  }

  #idOf(place: string): string {
    const { message, handler } = this.#options
    const where = `${markOf(message.conversationId)}/${message.seq}`
    return `${message.id.slice(0, DERIVED_FROM_LENGTH)}/${where}/${handler}.${place}`
  }

  #requireRunning(): void {
    if (this.#ended) throw new TypeError('The handler has ended: what it says now belongs to no message any more.')
    if (this.#options.message.seq === undefined) throw new IMError('MESSAGE_INVALID', 'The message was not received.')
  }
}

/**
 * A short text that stands for a conversation: two senders may give their messages the same id, and nobody finds a second
 * conversation of the same mark by chance.
 */
function markOf(conversationId: string): string {
  let [a, b] = [0x811c9dc5, 0x41c6ce57]
  for (let index = 0; index < conversationId.length; index++) {
    const unit = conversationId.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5f356495)
  }
  return [a, b].map(half => (half >>> 0).toString(36)).join('')
}
