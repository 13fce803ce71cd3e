/** This client's own positions: what it has read, told to the server until the server has confirmed it. */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, type IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { type ConversationRecord, joinPositions, type Outcome, type ReaderPosition } from '../model/conversation.ts'
import type { StoredMessage } from '../model/event.ts'
import type { Ledger } from './ledger.ts'
import { serverPosition } from './numbering.ts'
import type { Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What the positions work with. */
export interface PositionsOptions {
  readonly agentId: string
  readonly records: Records
  readonly ledger: Ledger
  readonly clock: Clock
  readonly onError: (error: IMError) => void
}

/** A pause before a report that failed is made again, in milliseconds. */
const RETRY_MS = 1000

/** Moves this client's positions, and reports them. */
export class Positions {
  readonly #options: PositionsOptions
  #session: LinkSession | undefined
  readonly #reporting = new Map<string, Promise<void>>()
  #cancelRetry: () => void = () => {}

  constructor(options: PositionsOptions) {
    this.#options = options
  }

  /** A handler is given a message, in the order of its conversation: it counts as read. */
  take(message: StoredMessage): void {
    const { conversationId, seq } = message
    const taken = this.#options.ledger.transact(transaction => {
      if (this.isUnread(transaction, message)) this.move(transaction, conversationId, { read: seq }, 1)
    })
    taken.catch(error => this.#failed(error))
  }

  /** Whether a message lies above what counts as read. */
  isUnread(transaction: Transaction, { conversationId, seq }: Pick<StoredMessage, 'conversationId' | 'seq'>): boolean {
    const { records, agentId } = this.#options
    return seq > (transaction.get(records.conversations, conversationId)?.positions[agentId]?.read ?? 0)
  }

  /**
   * Moves this client's own position, as a part of a step: what is done was read, what is read is here. It is reported once
   * it is stored. `taken` of the messages were unread until now.
   */
  move(transaction: Transaction, conversationId: string, further: ReaderPosition, taken = 0): void {
    const { records, agentId } = this.#options
    const record = transaction.get(records.conversations, conversationId)
    if (!record) return
    const read = Math.max(further.read ?? 0, further.done ?? 0)
    const position = joinPositions(record.positions[agentId] ?? {}, { ...further, delivered: read, read })
    transaction.put(records.conversations, {
      ...record,
      positions: { ...record.positions, [agentId]: position },
      unreadCount: Math.max(0, record.unreadCount - taken),
      unreported: true,
    })
    transaction.after(() => this.report(conversationId))
  }

  /** What became of a message of this conversation by an earlier attempt. */
  outcomeOf(transaction: Transaction, { conversationId, seq }: StoredMessage): Outcome | undefined {
    const { records, agentId } = this.#options
    return transaction.get(records.conversations, conversationId)?.positions[agentId]?.outcomes?.[seq]
  }

  /** Whether what others have told is known here. */
  get isCaughtUp(): boolean {
    return this.#session !== undefined
  }

  /** Reports on this session what no server has confirmed yet. */
  start(session: LinkSession): void {
    this.#session = session
    this.#reporting.clear()
    for (const { conversationId, unreported } of this.#options.records.conversations.values()) {
      if (unreported) this.report(conversationId)
    }
  }

  stop(): void {
    this.#cancelRetry()
    this.#session = undefined
  }

  /** One report at a time for each conversation: a position that moves meanwhile goes with the next. */
  report(conversationId: string): void {
    const session = this.#session
    if (!session || this.#reporting.has(conversationId) || !this.#due(conversationId)) return
    const report: Promise<void> = this.#send(session, conversationId)
      .then(
        () => true,
        error => this.#failed(error, conversationId),
      )
      .then(sent => {
        if (this.#reporting.get(conversationId) !== report) return // a later session reports it
        this.#reporting.delete(conversationId)
        if (sent) this.report(conversationId) // what moved meanwhile
      })
    this.#reporting.set(conversationId, report)
  }

  /** Resolves when no report is under way. */
  async idle(): Promise<void> {
    while (this.#reporting.size > 0) await Promise.all(this.#reporting.values())
  }

  /** The record whose position is to be told. One covers what is missing too: it is told when that is here. */
  #due(conversationId: string): ConversationRecord | undefined {
    const { records, agentId } = this.#options
    const record = records.conversations.get(conversationId)
    return record?.unreported && record.positions[agentId] && !record.gaps?.length ? record : undefined
  }

  async #send(session: LinkSession, conversationId: string): Promise<void> {
    const { records, ledger, agentId } = this.#options
    const record = this.#due(conversationId)
    const position = record?.positions[agentId]
    if (!position) return
    await session.request('receipt.update', { conversationId, ...serverPosition(position, record) })
    if (session !== this.#session) return
    await ledger.transact(transaction => {
      const current: ConversationRecord | undefined = transaction.get(records.conversations, conversationId)
      if (!current || current.positions[agentId] !== position) return
      const { unreported: _, ...reported } = current
      transaction.put(records.conversations, reported)
    })
  }

  /** A report that fails is made again: after a pause, or on the next session. A lost connection is no news. */
  #failed(error: unknown, conversationId?: string): void {
    const known = asIMError(error, 'A receipt failed.')
    const lost =
      known.code.startsWith('CONNECTION_') || known.code === 'CLIENT_CLOSED' || known.code === 'STORAGE_CLOSED'
    if (!lost) this.#options.onError(known)
    if (lost || conversationId === undefined || !known.retryable) return
    this.#cancelRetry()
    const retry = () => this.#session && this.start(this.#session)
    this.#cancelRetry = this.#options.clock.schedule(retry, known.retryAfterMs ?? RETRY_MS)
  }
}
