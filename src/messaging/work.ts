/**
 * What a client does with messages beyond sending and storing them: it shows them, waits for them, hands them to handlers
 * and workers, and tells the server how far it has come. Loaded when any of it is first needed.
 */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, IMError } from '../errors.ts'
import type { Emitter } from '../model/emitter.ts'
import type { StoredMessage } from '../model/event.ts'
import type { UuidSource } from '../model/id.ts'
import type { Message, MessageStatus } from '../model/message.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import { Asks } from './asks.ts'
import { AwaitedMessages } from './awaited-messages.ts'
import { changeOf, NOTHING } from './change.ts'
import type { ClaimedMessage } from './claim.ts'
import type { Dispatcher, DispatcherOptions } from './dispatcher.ts'
import type { Change, IMClientEvents } from './events.ts'
import { findMessage, findStored } from './find-message.ts'
import { GapWatch, type GapWatchOptions } from './gap-watch.ts'
import { Guard, type GuardOptions } from './guard.ts'
import { Handling } from './handling.ts'
import { History } from './history.ts'
import type { Intake } from './intake.ts'
import type { MessageHandlerFunction } from './offer.ts'
import type { PendingQuery } from './pending-list.ts'
import type { ClaimOptions, PendingQueue } from './pending-queue.ts'
import type { PendingWorker, Worker, WorkerOptions, WorkHandler } from './pending-worker.ts'
import { Positions } from './positions.ts'
import { PresenceWatch } from './presence-watch.ts'
import type { QueuedMessage } from './queued.ts'
import { type RecipientStatus, recipientStatuses } from './status.ts'
import { StatusWatch, type WaitOptions } from './status-watch.ts'
import type { Transaction } from './transaction.ts'
import { viewQueued } from './view.ts'

/** What all of it works with. */
export interface WorkOptions extends Omit<DispatcherOptions, 'positions' | 'history' | 'handling' | 'awaited'> {
  readonly intake: Intake
  readonly newToken: UuidSource
  /** `false`: nothing is held back. */
  readonly guard: GuardOptions | false | undefined
  readonly emitter: Emitter<IMClientEvents>
  readonly onMissing: GapWatchOptions['onMissing']
}

/** The history, the waits, the positions, the handlers, the pending queue and those who work on it. */
export class Work {
  readonly history: History
  readonly positions: Positions
  readonly handling = new Handling()
  readonly guard: Guard
  readonly gaps: GapWatch
  readonly presence: PresenceWatch
  readonly asks: Asks
  readonly #awaited: AwaitedMessages
  readonly #options: WorkOptions
  readonly #watch: StatusWatch
  readonly #workers = new Set<PendingWorker>()
  #dispatcher: Dispatcher | undefined
  #queue: Promise<PendingQueue> | undefined
  #deadLetters: Promise<unknown> = Promise.resolve()
  #stopped = false

  constructor(options: WorkOptions) {
    const { records, clock, agentId } = options
    this.#options = options
    this.guard = new Guard(options.guard || {}, {
      handling: this.handling,
      change: change => this.changeDeadLetters(change),
      onHeld: held => {
        options.emitter.emit('guard', held)
        this.settled(held.messageId)
      },
      isOwn: (conversationId, id) => options.intake.recent.find(conversationId, agentId, id) !== undefined,
      ...options,
    })
    this.gaps = new GapWatch({ onWhole: conversationId => this.#whole(conversationId), ...options })
    this.presence = new PresenceWatch(options)
    this.history = new History(options)
    this.positions = new Positions(options)
    const find = (id: string) => this.find(id)
    this.#watch = new StatusWatch(clock, { isQueued: id => records.outbox.get(id)?.type === 'message', find })
    this.#awaited = new AwaitedMessages({
      positions: this.positions,
      isHandled: () => this.#dispatcher !== undefined,
      onExpiry: id => void this.#expired(id),
      ...options,
      onError: error => options.onError(asIMError(error, 'What is awaited could not be stored.')),
    })
    this.asks = new Asks({ awaited: this.#awaited, history: this.history, find, ...options })
  }

  /** Reads what is awaited: before anything is offered to anybody. */
  load(): Promise<void> {
    return this.#awaited.load()
  }

  /** Takes up what has to go on by itself. Tells of failures, and tries again. */
  start(): Promise<void> {
    this.#awaited.start()
    return this.guard.start()
  }

  /** Looks at what is to be sent; gives whether it is kept somewhere else. */
  intercept(transaction: Transaction, entry: OutboxEntry): boolean {
    if (entry.type !== 'message') return false
    this.#awaited.note(transaction, entry)
    return this.#options.guard !== false && this.guard.intercept(transaction, entry)
  }

  /** Whether a handler or a worker has something under way. */
  get isBusy(): boolean {
    return [this.#dispatcher, ...this.#workers].some(part => part?.isBusy)
  }

  /** A message, wherever it is: in the outbox, among the dead letters, in the history. */
  find(id: string): Promise<Message | undefined> {
    return findMessage({ ...this.#options, history: this.history }, id)
  }

  /** How far a message of this client's own has come at each recipient. @throws IMError `MESSAGE_NOT_FOUND` */
  async recipients(id: string): Promise<RecipientStatus[]> {
    const stored = await findStored({ ...this.#options, history: this.history }, id)
    const { agentId, records } = this.#options
    if (stored?.from === agentId)
      return recipientStatuses(stored, records.conversations.get(stored.conversationId), this.history.viewpoint)
    if ((await this.find(id))?.from === agentId) return []
    throw new IMError('MESSAGE_NOT_FOUND', 'No message of this client has this id.', { details: { id } })
  }

  /** Waits until a message of this client's own has come as far as this. @throws as {@link StatusWatch.wait} */
  wait(id: string, status: MessageStatus, options: WaitOptions): Promise<Message> {
    this.#requireRunning()
    return this.#watch.wait(id, status, options)
  }

  /** Adds a handler; gives the way to take it back. @throws IMError `CLIENT_CLOSED` once the client stops */
  async handle(handler: MessageHandlerFunction): Promise<() => void> {
    const { Dispatcher } = await import('./dispatcher.ts')
    this.#requireRunning()
    this.#dispatcher ??= new Dispatcher(this.#parts())
    return this.#dispatcher.add(handler)
  }

  /** What is still to do. Takes nothing. */
  async list(query: PendingQuery): Promise<PendingItem[]> {
    return (await this.#open()).list(query)
  }

  /** Takes work under a lease. @throws IMError `CLIENT_CLOSED` once the client stops */
  async claim(options: ClaimOptions): Promise<ClaimedMessage[]> {
    const queue = await this.#open()
    this.#requireRunning()
    return queue.claim(options)
  }

  /** Takes up a claim again. @throws IMError `QUEUE_LEASE_LOST`, `CLIENT_CLOSED` once the client stops */
  async resumeClaim(token: string): Promise<ClaimedMessage> {
    const queue = await this.#open()
    this.#requireRunning()
    return queue.resume(token)
  }

  /** Starts a worker. @throws IMError `CLIENT_CLOSED` once the client stops */
  async process(handler: WorkHandler, options: WorkerOptions): Promise<Worker> {
    const [queue, { PendingWorker }] = await Promise.all([this.#open(), import('./pending-worker.ts')])
    this.#requireRunning()
    const { clock, onError } = this.#options
    const worker = new PendingWorker(handler, options, { queue, clock, onError })
    this.#workers.add(worker)
    worker.wake()
    return {
      stop: async () => {
        await worker.stop()
        this.#workers.delete(worker)
      },
    }
  }

  /** Changes the dead letters, one change after the other: two that read the same one would put its work back twice. */
  changeDeadLetters<R>(change: () => Promise<R>): Promise<R> {
    const changed = this.#deadLetters.then(change)
    this.#deadLetters = changed.catch(() => undefined) // its caller is told
    return changed
  }

  /** What a program can see of what was stored; `undefined` where that is nothing. */
  changeOf(group: Transaction): Change | undefined {
    return changeOf(group, this.#options.records)
  }

  /** A message was stored. */
  stored(message: StoredMessage): void {
    this.guard.note(message)
    this.#awaited.stored(message)
    if (message.from === this.#options.agentId) this.settled(message.id, () => this.history.view(message))
    else this.arrived(message.conversationId)
  }

  /** An event of this client's own was accepted, or refused. `view` gives it where it need not be looked for. */
  settled(id: string, view?: () => Promise<Message>): void {
    this.#watch.settled(id, view)
    this.#awaited.wake(id)
  }

  /** What others have told is known: positions are reported, and it is told what has expired. */
  caughtUp(session: LinkSession): void {
    this.positions.start(session)
    void this.presence.start(session)
    this.#awaited.start()
    this.#awaited.wake()
  }

  /** Some reader has come further. */
  advanced(): void {
    this.#watch.advanced()
    this.#awaited.wake()
  }

  /** A conversation has something new. */
  arrived(conversationId: string): void {
    this.#dispatcher?.offer(conversationId)
    this.#wakeWorkers()
  }

  /** A conversation misses nothing any more. */
  #whole(conversationId: string): void {
    this.positions.report(conversationId)
    this.arrived(conversationId)
  }

  /** A message that the server has refused for good. */
  async refused(entry: QueuedMessage, { code, message }: IMError): Promise<Message> {
    return { ...(await viewQueued(entry, this.history.viewpoint)), status: 'failed', failure: { code, message } }
  }

  /** Begins nothing more, and resolves when what is under way has finished. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#watch.close()
    this.gaps.stop()
    this.guard.stop()
    this.#awaited.stop()
    await Promise.all([this.#dispatcher?.stop(), ...[...this.#workers].map(worker => worker.stop())])
    const queue = await this.#queue?.catch(() => undefined) // whoever asked for it was told
    queue?.stop()
  }

  /** A message has expired, unless somebody has begun with it: its sender is told. */
  async #expired(id: string): Promise<void> {
    const { emitter, onError } = this.#options
    try {
      const message = await this.find(id)
      if (message?.status !== 'expired') return
      emitter.emit('status', message)
      emitter.emit('change', { ...NOTHING, conversations: [message.conversationId] })
      this.#watch.settled(id)
    } catch (error) {
      onError(asIMError(error, 'A message that has expired could not be shown.'))
    }
  }

  /** What those work with who hand messages out. */
  #parts() {
    const { history, positions, handling } = this
    return { history, positions, handling, awaited: this.#awaited, ...this.#options }
  }

  #requireRunning(): void {
    if (this.#stopped) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
  }

  /** The queue, with the leases of a former process forgotten. A failure is not kept. */
  #open(): Promise<PendingQueue> {
    this.#queue ??= this.#start().catch(error => {
      this.#queue = undefined
      throw error
    })
    return this.#queue
  }

  async #start(): Promise<PendingQueue> {
    const { PendingQueue } = await import('./pending-queue.ts')
    const queue = new PendingQueue(this.#parts())
    await queue.start()
    // Whoever gave a message back, or is done with it, may be no worker, or one that looked before that was stored.
    this.#options.records.pending.watch((_name, before, after) => {
      if (before?.lease && !after?.lease) this.#wakeWorkers()
    })
    return queue
  }

  #wakeWorkers(): void {
    for (const worker of this.#workers) worker.wake()
  }
}
