/** What this client awaits of its own messages: answers to questions, and whether they expire. Kept in memory and stored. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { StoredMessage } from '../model/event.ts'
import { type Awaited, awaitedMessages } from '../storage/awaited.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import { AskWatch } from './ask-watch.ts'
import { findAnswer } from './find-answer.ts'
import type { Ledger } from './ledger.ts'
import type { Positions } from './positions.ts'
import type { QueuedMessage } from './queued.ts'
import type { Records } from './records.ts'
import { Table } from './table.ts'
import type { Transaction } from './transaction.ts'

/** What it works with. */
export interface AwaitedOptions {
  readonly agentId: string
  readonly queue: boolean
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly positions: Positions
  readonly clock: Clock
  /** Whether handlers come past messages: without any, nothing has to be remembered for them where work is queued. */
  readonly isHandled: () => boolean
  /** The time of a message is over. */
  readonly onExpiry: (messageId: string) => void
  readonly onError: (error: unknown) => void
}

/** Most events between what handlers have seen and an answer that are looked through. */
const LOOK_THROUGH = 64

/** See the head of this file. */
export class AwaitedMessages {
  readonly #options: AwaitedOptions
  readonly #table: Table<Awaited>
  readonly #watches = new Map<string, Set<AskWatch>>()
  /** Messages of which it is being noted that it was told that their time is over. */
  readonly #told = new Set<string>()
  /** When the next one expires; milliseconds since 1970. */
  #nextAt = Number.POSITIVE_INFINITY
  /** Answers that are stored, and of which that is being noted: what comes with them answers nothing any more. */
  readonly #coming = new Map<string, number>()
  #cancelTimer = () => {}
  #stopped = false

  constructor(options: AwaitedOptions) {
    this.#options = options
    this.#table = new Table(awaitedMessages(options.workspace.storage), ({ id }) => [id])
  }

  /** Reads what is stored, and notes answers that were stored just before a former process could. */
  async load(): Promise<void> {
    await this.#table.load()
    for (const question of this.questions()) {
      const answer = question.answerSeq === undefined ? await findAnswer(this.#options, question) : undefined
      if (answer) await this.#noteAnswer(answer, question.id)
    }
  }

  /** Whether it is known here what has become of messages. */
  get isCaughtUp(): boolean {
    return this.#options.positions.isCaughtUp
  }

  /** Tells of everything whose time is over, and of the rest in time: once it is known whether somebody has begun with it. */
  start(): void {
    this.#cancelTimer()
    if (this.#stopped || !this.isCaughtUp) return
    const now = this.#options.clock.now()
    this.#nextAt = Number.POSITIVE_INFINITY
    for (const { id, expiresAt, taken, told } of this.#table.values()) {
      if (taken || told || this.#told.has(id)) continue
      const at = Date.parse(expiresAt)
      if (at > now) this.#nextAt = Math.min(this.#nextAt, at)
      else this.#expire(id)
    }
    if (this.#nextAt < Number.POSITIVE_INFINITY)
      this.#cancelTimer = this.#options.clock.schedule(() => this.start(), this.#nextAt - now)
  }

  /** Ends every wait. */
  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
    const reason = new IMError('CLIENT_CLOSED', 'The client was closed.')
    for (const watches of this.#watches.values()) for (const watch of watches) watch.fail(reason)
  }

  get(id: string): Awaited | undefined {
    const awaited = this.#table.get(id)
    return awaited?.kind === 'answer' && !awaited.taken ? awaited : undefined
  }

  /** The questions whose answer nobody has taken. */
  questions(): Awaited[] {
    return [...this.#table.values()].filter(({ kind, taken }) => kind === 'answer' && !taken)
  }

  /** Stores that a question is open, together with a step. */
  put(awaited: Awaited, step: (transaction: Transaction) => void): Promise<void> {
    return this.#options.ledger.transact(transaction => {
      transaction.put(this.#table, awaited)
      transaction.after(() => this.#await(awaited))
      step(transaction)
    })
  }

  /** A message goes into the outbox: if it can expire, that is awaited. */
  note(transaction: Transaction, { id, conversationId, expiresAt }: QueuedMessage): void {
    if (expiresAt === undefined || transaction.get(this.#table, id)) return
    const awaited: Awaited = { id, conversationId, expiresAt, kind: 'expiry' }
    transaction.put(this.#table, awaited)
    transaction.after(() => this.#await(awaited))
  }

  #await({ expiresAt }: Awaited): void {
    if (Date.parse(expiresAt) < this.#nextAt) this.start()
  }

  /** Follows a question. */
  watch(id: string, signal: AbortSignal | undefined): AskWatch {
    const watches = this.#watches.get(id) ?? new Set()
    this.#watches.set(id, watches)
    const watch = new AskWatch(this.#options.clock, signal, () => {
      watches.delete(watch)
      if (watches.size === 0) this.#watches.delete(id)
    })
    watches.add(watch)
    if (this.#stopped) watch.fail(new IMError('CLIENT_CLOSED', 'The client was closed.'))
    return watch
  }

  /** Something may have become of questions: of one, or of any. */
  wake(id?: string): void {
    const watches = id === undefined ? [...this.#watches.values()] : [this.#watches.get(id) ?? []]
    for (const those of watches) for (const watch of those) watch.tell()
  }

  /** Whether a message is for whoever asked, and for no handler. */
  isReserved({ conversationId, replyTo, replyKind, from, seq }: StoredMessage): boolean {
    const question = replyTo === undefined ? undefined : this.#table.get(replyTo)
    if (question?.kind !== 'answer' || question.conversationId !== conversationId) return false
    if (from === this.#options.agentId) return false
    const answerSeq = question.answerSeq ?? this.#coming.get(question.id)
    return answerSeq === undefined || (answerSeq === seq && replyKind !== 'progress')
  }

  /** A message was stored: it may be an answer, or news of one. */
  stored(message: StoredMessage): void {
    if (message.replyTo === undefined || !this.isReserved(message)) return
    if (message.replyKind === 'progress')
      for (const watch of this.#watches.get(message.replyTo) ?? []) watch.tell(message)
    else this.#settle(message, message.replyTo).catch(error => this.#options.onError(error))
  }

  /** Whoever asked takes the answer. Where handlers still have to pass it, that it was taken is remembered until then. */
  async take(id: string, answerSeq: number): Promise<void> {
    const { ledger, queue, isHandled } = this.#options
    const open = this.#table.get(id)
    if (!open) return
    const clear = await this.#isClear(open, answerSeq)
    await ledger.transact(transaction => {
      const question = transaction.get(this.#table, id)
      if (!question) return // somebody else has taken it meanwhile
      if (clear) this.#pass(transaction, question.conversationId, answerSeq)
      const isPassed = this.#processedSeq(transaction, question) >= answerSeq
      if (isPassed || (queue && !isHandled())) transaction.delete(this.#table, id)
      else transaction.put(this.#table, { ...question, answerSeq, taken: true })
    })
  }

  /** Closes a question that has no answer; gives whether it has none. */
  close(id: string): Promise<boolean> {
    return this.#options.ledger.transact(transaction => {
      if (transaction.get(this.#table, id)?.answerSeq !== undefined) return false
      transaction.delete(this.#table, id)
      return true
    })
  }

  /** Forgets answers that every handler has passed. */
  passed(transaction: Transaction, { replyTo = '', seq }: StoredMessage): void {
    const question = transaction.get(this.#table, replyTo)
    if (question?.taken && question.answerSeq === seq) transaction.delete(this.#table, replyTo)
  }

  async #settle(message: StoredMessage, id: string): Promise<void> {
    this.#coming.set(id, message.seq)
    try {
      await this.#noteAnswer(message, id)
    } finally {
      this.#coming.delete(id)
    }
  }

  #noteAnswer({ conversationId, seq, ...message }: StoredMessage, id: string): Promise<void> {
    const { ledger, records, positions } = this.#options
    return ledger.transact(transaction => {
      const question = transaction.get(this.#table, id)
      if (!question || question.answerSeq !== undefined) return
      transaction.put(this.#table, { ...question, answerSeq: seq })
      const name = JSON.stringify([conversationId, seq])
      if (transaction.get(records.pending, name)) transaction.delete(records.pending, name)
      const stored = { conversationId, seq, ...message }
      const { unreadCount, gaps } = transaction.get(records.conversations, conversationId) ?? {}
      const alone = unreadCount === 1 && !gaps?.length // what is missing is unread too, and a position covers it
      if (positions.isUnread(transaction, stored))
        positions.move(transaction, conversationId, alone ? { read: seq } : {}, 1)
      transaction.after(() => this.wake(id))
    })
  }

  /** All that was still to be seen up to an answer is news of it: whoever asked has had that too. */
  #pass(transaction: Transaction, conversationId: string, answerSeq: number): void {
    const { records, positions, queue } = this.#options
    const conversation = transaction.get(records.conversations, conversationId)
    if (!conversation) return
    const processedSeq = Math.max(conversation.processedSeq, answerSeq)
    const isAll = conversation.lastSeq === answerSeq && !queue // a queue says itself what was taken of it
    transaction.put(records.conversations, { ...conversation, processedSeq })
    if (isAll) positions.move(transaction, conversationId, { read: answerSeq }, conversation.unreadCount)
  }

  #processedSeq(transaction: Transaction, { conversationId }: Awaited): number {
    return transaction.get(this.#options.records.conversations, conversationId)?.processedSeq ?? 0
  }

  /** Whether nothing that is for handlers lies between what they have seen and an answer. */
  async #isClear({ id, conversationId }: Awaited, answerSeq: number): Promise<boolean> {
    const { workspace, records, agentId } = this.#options
    const { processedSeq = 0 } = records.conversations.get(conversationId) ?? {}
    if (processedSeq >= answerSeq) return true
    if (answerSeq - processedSeq > LOOK_THROUGH) return false
    const range = { after: processedSeq, before: answerSeq }
    const events = await historyOf(workspace).events(conversationId, range)
    if (events.length < answerSeq - processedSeq - 1) return false // something is missing
    return (events as StoredMessage[]).every(({ type, from, replyTo, replyKind }) => {
      return type !== 'message' || from === agentId || (replyTo === id && replyKind === 'progress')
    })
  }

  /** Tells that the time of a message is over. Of a question that is remembered, until it is closed. */
  #expire(id: string): void {
    this.#told.add(id)
    this.#options.onExpiry(id)
    this.wake(id)
    const noted = this.#options.ledger.transact(transaction => {
      const awaited = transaction.get(this.#table, id)
      if (awaited?.kind === 'answer') transaction.put(this.#table, { ...awaited, told: true })
      else transaction.delete(this.#table, id)
    })
    noted.then(
      () => this.#told.delete(id),
      error => this.#options.onError(error),
    )
  }
}
