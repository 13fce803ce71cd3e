/**
 * Questions and their answers. That an answer is awaited is stored together with the question, before it is sent; that it
 * has come, as soon as it is stored. Between, both ends and the server may be started anew. An answer goes to whoever asked
 * and to nobody else; one that comes after the question was closed is a message like any other.
 */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { AwaitedMessages } from './awaited-messages.ts'
import type { OutgoingMessage } from './composer.ts'
import { findAnswer } from './find-answer.ts'
import type { History } from './history.ts'
import type { Outbox } from './outbox.ts'
import type { Records } from './records.ts'
import { encodeDraft } from './rich-content.ts'
import { recipientStatuses } from './status.ts'

/** A question. Times in milliseconds. */
export interface Question extends Omit<OutgoingMessage, 'expiresAt' | 'expectsReply' | 'replyKind'>, AskOptions {}

/** How to wait for an answer. */
export interface AskOptions {
  /**
   * How long to wait, from now or from the last news of progress; 60,000 by default. Of a question it is also how long
   * anybody may take to begin with it.
   */
  readonly timeoutMs?: number
  /** Its reason is what the wait rejects with. The question stays open. */
  readonly signal?: AbortSignal
  /** Told of news while somebody works on it. */
  readonly onProgress?: (news: Message) => void
}

/**
 * What became of a question. `answered`, `declined`: with the answer. `expired`: nobody had begun with it when its time was
 * over, and nobody will. `pending`: somebody has, or that is not known while there is no connection; `resumeAsk` with its
 * id waits on, after a restart too.
 */
export type AskResult =
  | {
      readonly outcome: 'answered' | 'declined'
      readonly id: string
      readonly question: Message
      readonly answer: Message
    }
  | { readonly outcome: 'expired' | 'pending'; readonly id: string; readonly question: Message }

/** A question that is not closed. */
export interface OpenAsk {
  readonly id: string
  readonly conversationId: string
  /** By when somebody has to begin with it, ISO 8601. */
  readonly expiresAt: string
  /** `answered`: the answer is here and nobody has taken it yet. */
  readonly state: 'open' | 'answered'
}

/** What the questions work with. */
export interface AsksOptions {
  readonly agentId: string
  readonly workspace: Workspace
  readonly awaited: AwaitedMessages
  readonly outbox: Pick<Outbox, 'add'>
  readonly history: History
  readonly records: Records
  readonly clock: Clock
  readonly find: (id: string) => Promise<Message | undefined>
}

const DEFAULT_TIMEOUT_MS = 60_000

/** Asks, and waits for answers. */
export class Asks {
  readonly #options: AsksOptions

  constructor(options: AsksOptions) {
    this.#options = options
  }

  /**
   * Asks, and waits. With an id of one's own that was asked before, it is asked no second time.
   * @throws IMError as `sendMessage`; `MESSAGE_WORK_FAILED`, the code with which the server refused it; the signal's reason
   */
  async ask(draftId: { id: string; sentAt: string }, question: Question): Promise<AskResult> {
    const { signal, onProgress, timeoutMs = DEFAULT_TIMEOUT_MS, ...outgoing } = question
    signal?.throwIfAborted()
    requireTimeout(timeoutMs)
    const { id } = draftId
    const known = question.id === undefined ? undefined : await this.#options.find(id)
    if (known && known.conversationId !== question.to)
      throw new IMError('ID_INVALID', 'The id is in use for a message to another conversation.')
    if (!known) await this.#send(draftId, outgoing, timeoutMs)
    return this.resume(id, { timeoutMs, ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) })
  }

  /** Waits for the answer to a question that was asked before. @throws IMError `MESSAGE_NOT_FOUND`, and as {@link ask} */
  async resume(id: string, options: AskOptions): Promise<AskResult> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, onProgress } = options
    signal?.throwIfAborted()
    requireTimeout(timeoutMs)
    const { awaited, clock } = this.#options
    const watch = awaited.watch(id, signal)
    const endOf = () => clock.elapsed() + timeoutMs
    let end = endOf()
    try {
      let known: Message | undefined
      let wasOpen = true
      for (;;) {
        const timeIsUp = end <= clock.elapsed()
        const question = await this.#question(id, known)
        const result = await this.#look(question, { timeIsUp, wasOpen })
        if (result) return result
        known = question
        wasOpen = awaited.get(id) !== undefined
        const progress = await watch.next(end - clock.elapsed()) // what has happened meanwhile ends it at once
        if (!progress) continue
        end = endOf()
        onProgress?.(await this.#options.history.view(progress))
      }
    } finally {
      watch.end()
    }
  }

  /** The questions that are not closed. */
  list(): OpenAsk[] {
    return this.#options.awaited.questions().map(({ id, conversationId, expiresAt, answerSeq }) => {
      return { id, conversationId, expiresAt, state: answerSeq === undefined ? 'open' : 'answered' }
    })
  }

  async #send(
    { id, sentAt }: { id: string; sentAt: string },
    outgoing: OutgoingMessage,
    timeoutMs: number,
  ): Promise<void> {
    const { awaited, outbox, clock } = this.#options
    const { to: conversationId, text } = outgoing
    const expiresAt = new Date(clock.now() + timeoutMs).toISOString()
    const extras = { ...outgoing, expiresAt, expectsReply: true }
    const draft = await encodeDraft({ type: 'message', id, conversationId, sentAt, text }, extras)
    await awaited.put({ id, conversationId, expiresAt, kind: 'answer' }, transaction => {
      outbox.add(transaction, draft, outgoing.id !== undefined)
    })
  }

  /** The question as it is now. Where it is has to be found out once only. */
  async #question(id: string, known: Message | undefined): Promise<Message> {
    const { find, workspace, history, agentId } = this.#options
    if (known?.seq !== undefined) {
      const range = { after: known.seq - 1, limit: 1 }
      const [event] = await historyOf(workspace).events(known.conversationId, range)
      if (event?.id === id) return history.view(event as StoredMessage)
    }
    const question = await find(id)
    if (question?.from === agentId) return question
    throw new IMError('MESSAGE_NOT_FOUND', 'No question of this client has this id.', { details: { id } })
  }

  /** What can be said of a question now; `undefined` while it has to be waited for. */
  async #look(
    question: Message,
    { timeIsUp, wasOpen }: { timeIsUp: boolean; wasOpen: boolean },
  ): Promise<AskResult | undefined> {
    const { awaited } = this.#options
    const { id } = question
    const open = awaited.get(id)
    // Of an open one it is noted. One that is open no more was closed, or somebody else has taken the answer.
    const seq = open ? open.answerSeq : wasOpen ? (await findAnswer(this.#options, question))?.seq : undefined
    if (seq !== undefined) return this.#answered(question, seq)
    const isOver = !this.#isWithSomebody(question)
    if (isOver && question.status === 'failed') throw await this.#failed(question)
    if (isOver && question.status === 'expired' && awaited.isCaughtUp) {
      if (open && !(await awaited.close(id))) return this.#look(question, { timeIsUp, wasOpen }) // the answer has just come
      return { outcome: 'expired', id, question }
    }
    return timeIsUp ? { outcome: 'pending', id, question } : undefined
  }

  /** Whether a recipient may still answer: what became of it at one of a group says nothing of the others. */
  #isWithSomebody({ seq, conversationId, expiresAt }: Message): boolean {
    if (seq === undefined) return false
    const { records, history } = this.#options
    const message = { seq, ...(expiresAt === undefined ? {} : { expiresAt }) }
    const statuses = recipientStatuses(message, records.conversations.get(conversationId), history.viewpoint)
    return statuses.some(({ status }) => status !== 'failed' && status !== 'expired')
  }

  async #answered(question: Message, seq: number): Promise<AskResult | undefined> {
    const { workspace, history, awaited } = this.#options
    const { conversationId, id } = question
    const [event] = await historyOf(workspace).events(conversationId, { after: seq - 1, limit: 1 })
    if (event?.seq !== seq)
      throw new IMError('STORAGE_DAMAGED', 'The answer is not stored any more.', { details: { id } })
    await awaited.take(id, seq)
    const answer = await history.view(event as StoredMessage)
    return { outcome: answer.replyKind === 'declined' ? 'declined' : 'answered', id, question, answer }
  }

  async #failed({ id, failure }: Message): Promise<IMError> {
    await this.#options.awaited.close(id)
    const { code, message } = failure ?? {
      code: 'MESSAGE_WORK_FAILED',
      message: 'Whoever was asked has given the question up.',
    }
    return new IMError(code, message, { details: { id } })
  }
}

/** About 4,460 years: what ends later has a year of more than four digits. */
const MAX_TIMEOUT_MS = 2 ** 47

function requireTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return
  throw new TypeError(`timeoutMs must be a number above 0 and at most ${MAX_TIMEOUT_MS}, not ${String(timeoutMs)}.`)
}
