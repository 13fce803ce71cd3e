/**
 * The Message Handler: where what the server says meets what is stored. It composes the parts that send, receive,
 * recover and offer; each session passes through `catching up` and, when nothing is missing before its beginning, `live`.
 */
import type { LinkSession, SessionHandler } from '../connection/link.ts'
import { IMError } from '../errors.ts'
import { type Clock, isoTime } from '../model/clock.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import type { Emitter } from '../model/emitter.ts'
import type { ConversationEvent, StoredMessage } from '../model/event.ts'
import type { UuidSource } from '../model/id.ts'
import type { Message } from '../model/message.ts'
import type { AppendResult, Cursor, FeedBatch, Presence } from '../protocol/schemas.ts'
import type { Config, DeadLetter, OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { IMClientEvents, RecoveryReport } from './events.ts'
import { History } from './history.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'
import { numberEvent, numberReceipt } from './numbering.ts'
import { Outbox } from './outbox.ts'
import { Positions } from './positions.ts'
import { Records } from './records.ts'
import type { Recovery } from './recovery.ts'
import { Sender } from './sender.ts'
import { StatusWatch } from './status-watch.ts'
import { viewQueued } from './view.ts'
import { Work } from './work.ts'

/** What the Message Handler works with. */
export interface MessagingOptions {
  readonly workspace: Workspace
  readonly config: Config
  readonly clock: Clock
  readonly newId: UuidSource
  readonly emitter: Emitter<IMClientEvents>
}

/** One session, from its opening to its end. */
interface Current {
  readonly session: LinkSession
  /** Feed batches that wait until a reset is stored; `undefined` when none has to wait. */
  held: FeedBatch[] | undefined
  phase: 'catching up' | 'live'
  report: RecoveryReport
  filling: Promise<void> | undefined
  /** The ledger's failures at its opening: after one more, the cursor may not move on. */
  readonly failures: number
}

/** Sends, receives, acknowledges. */
export class MessageHandler implements SessionHandler {
  readonly agentId: string
  readonly records: Records
  readonly ledger: Ledger
  readonly history: History
  readonly outbox: Outbox
  readonly work: Work
  readonly positions: Positions
  readonly watch: StatusWatch
  readonly intake: Intake
  readonly #options: MessagingOptions
  #current: Current | undefined
  #announced: Promise<void> = Promise.resolve()
  #sender: Sender | undefined

  constructor(options: MessagingOptions) {
    const { workspace, config, clock, newId, emitter } = options
    const { agentId } = config
    const onError = (error: IMError) => emitter.emit('error', error)
    const records = new Records(workspace)
    const ledger = new Ledger(workspace.storage)
    const history = new History(workspace, records, agentId)
    const base = { agentId, workspace, records, ledger, history, clock, onError }
    this.agentId = agentId
    this.records = records
    this.ledger = ledger
    this.history = history
    this.positions = new Positions(base)
    this.intake = new Intake({
      ...base,
      history: workspace.history,
      queue: config.settings.queue ?? false,
      events: {
        onAccepted: id => this.watch.settled(id),
        onStored: message => this.#onStored(message),
        onAmended: event => history.amended(event),
        onReceipt: receipt => {
          emitter.emit('receipt', receipt)
          this.watch.advanced()
        },
        onGap: conversationId => this.#onGap(conversationId),
      },
    })
    this.outbox = new Outbox({
      ...base,
      onEntry: entry => this.#sender?.add(entry),
      onFailed: (entry, error) => this.#onFailed(entry, error),
    })
    this.work = new Work({ ...base, newToken: newId, onTaken: message => this.positions.take(message) })
    this.watch = new StatusWatch(clock, id => this.find(id))
    this.#options = options
  }

  /** Loads what is stored. */
  async start(): Promise<void> {
    await this.records.load()
    this.outbox.start()
  }

  /** Begins no more work, and lets what is under way, and the receipts of it, finish within `graceMs`. */
  async finish(graceMs: number): Promise<void> {
    this.watch.close()
    const finished = async () => {
      await this.work.stop()
      await this.ledger.idle()
      await this.positions.idle()
    }
    await within(graceMs, this.#options.clock, finished())
  }

  /** Resolves when nothing is being stored any more: the storage can be closed. */
  async stop(): Promise<void> {
    await this.ledger.idle()
  }

  /** A message of this client's own, wherever it is: in the outbox, in the history, among the dead letters. */
  async find(id: string): Promise<Message | undefined> {
    const entry = this.records.outbox.get(id)
    if (entry?.type === 'message') return viewQueued(entry, this.agentId)
    const letter = await this.#options.workspace.dead.get(id)
    if (letter?.kind === 'unsent' && letter.entry.type === 'message') {
      return { ...(await viewQueued(letter.entry, this.agentId)), status: 'failed', failure: letter.failure }
    }
    const stored = await this.history.find(id, this.intake.recent)
    return stored && (await this.history.view(stored))
  }

  /** What could not be sent, and work that was given up. */
  deadLetters(): Promise<DeadLetter[]> {
    return this.#options.workspace.dead.all()
  }

  /** What the session brought back, once it has caught up; `undefined` until then. */
  get synced(): RecoveryReport | undefined {
    return this.#current?.phase === 'live' ? this.#current.report : undefined
  }

  /** @throws IMError `NOT_CONNECTED` while there is no session */
  get session(): LinkSession {
    if (!this.#current) throw new IMError('NOT_CONNECTED', 'This needs a connection to the server; call connect first.')
    return this.#current.session
  }

  async cursor(): Promise<Cursor | undefined> {
    await this.ledger.idle()
    return this.#options.workspace.cursor()
  }

  incomplete(): string[] {
    const records = [...this.records.conversations.values()]
    return records.filter(hasGaps).map(({ conversationId }) => conversationId)
  }

  onSession(session: LinkSession): void {
    const current: Current = {
      session,
      held: undefined,
      phase: 'catching up',
      report: { kind: 'recovered' },
      filling: undefined,
      failures: this.ledger.failures,
    }
    this.#current = current
    if (session.recovered) void this.#begin(current)
    else void this.#reset(current)
  }

  onFeed(session: LinkSession, batch: FeedBatch): void {
    const current = this.#current
    if (current?.session !== session) return
    if (current.held) current.held.push(batch)
    else void this.#store(current, batch)
  }

  onPresence(presence: Presence): void {
    this.#options.emitter.emit('presence', presence)
  }

  onSessionEnd(session: LinkSession): void {
    if (this.#current?.session !== session) return
    this.#current = undefined
    this.#sender?.stop()
    this.#sender = undefined
    this.positions.stop()
  }

  /** The feed goes on from the cursor: caught up at once where nothing happened meanwhile. */
  async #begin(current: Current): Promise<void> {
    await this.#guard(current, async () => this.#caughtUp(current, (await this.cursor())?.offset ?? 0))
  }

  async #reset(current: Current): Promise<void> {
    const held: FeedBatch[] = []
    current.held = held
    await this.#guard(current, async () => {
      current.report = await (await this.#recovery()).reset(current.session)
      current.held = undefined
      for (const batch of held) void this.#store(current, batch)
      this.#caughtUp(current, current.session.offset)
    })
  }

  /** Stores a batch of the feed, and only then acknowledges it. */
  async #store(current: Current, batch: FeedBatch): Promise<void> {
    const { workspace } = this.#options
    const { conversations } = this.records
    await this.#guard(current, async () => {
      await this.ledger.transact(transaction => {
        if (this.ledger.failures !== current.failures) {
          throw new IMError('STORAGE_IO', 'Something that came before on this session could not be stored.')
        }
        for (const event of batch.events) {
          const record = transaction.get(conversations, event.conversationId)
          this.intake.event(transaction, numberEvent(event, record))
        }
        for (const receipt of batch.receipts) {
          const record = transaction.get(conversations, receipt.conversationId)
          this.intake.receipt(transaction, numberReceipt(receipt, record))
        }
        transaction.write(workspace.putCursor({ epoch: current.session.epoch, offset: batch.offset }))
      })
      if (this.#current !== current) return
      current.session.acknowledge(batch.offset)
      this.#caughtUp(current, batch.offset)
    })
  }

  /** Everything from before the session is stored: now what waits can be sent. */
  #caughtUp(current: Current, offset: number): void {
    if (this.#current !== current || current.phase === 'live' || offset < current.session.offset) return
    current.phase = 'live'
    this.#sender = new Sender(current.session, {
      clock: this.#options.clock,
      entries: () => this.outbox.entries(),
      onAccepted: (entry, result) => this.#onAccepted(entry, result),
      onRefused: (entry, error) => this.outbox.fail(entry, error),
    })
    this.#sender.pump()
    this.positions.start(current.session)
    this.#options.emitter.emit('synced', current.report)
    void this.#guard(current, () => this.#noteSession(current.session))
    this.#fill(current)
  }

  /** Fetches what is missing; what is found missing meanwhile is fetched too. */
  #fill(current: Current): void {
    if (![...this.records.conversations.values()].some(hasGaps)) return
    const fill = async () => (await this.#recovery()).fill(current.session)
    current.filling ??= this.#guard(current, fill).finally(() => {
      current.filling = undefined
    })
  }

  /** Loaded when something is missing, which is rare. */
  async #recovery(): Promise<Recovery> {
    const { Recovery } = await import('./recovery.ts')
    const { workspace, emitter } = this.#options
    const onError = (error: IMError) => emitter.emit('error', error)
    return new Recovery({ ...this, workspace, onError })
  }

  #noteSession({ sessionId, epoch }: LinkSession): Promise<void> {
    return this.ledger.transact(transaction => {
      const openedAt = isoTime(this.#options.clock)
      transaction.write(this.#options.workspace.putSession({ sessionId, epoch, openedAt }))
    })
  }

  /** A session on which something cannot be stored, or that breaks, is given up; the next one goes on from the cursor. */
  async #guard(current: Current, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      if (this.#current !== current) return
      const error = cause instanceof IMError ? cause : new IMError('INTERNAL', 'Receiving failed.', { cause })
      this.#options.emitter.emit('error', error)
      current.session.abandon(error)
    }
  }

  #onAccepted(entry: OutboxEntry, { seq, acceptedAt }: AppendResult): Promise<void> {
    return this.ledger.transact(transaction => {
      const { order: _, type, id, conversationId, ...content } = entry
      const to = type === 'message' ? { to: conversationId } : {}
      const stamped = { type, id, conversationId, seq, from: this.agentId, acceptedAt, ...to, ...content }
      const record = transaction.get(this.records.conversations, conversationId)
      this.intake.event(transaction, numberEvent(stamped as ConversationEvent, record))
    })
  }

  #onStored(message: StoredMessage): void {
    const own = message.from === this.agentId
    const view = () => this.history.viewFresh(message)
    this.#announce(own ? 'status' : 'message', view)
    if (own) this.watch.settled(message.id, view)
    else this.work.arrived(message.conversationId)
  }

  #onFailed(entry: OutboxEntry, error: IMError): void {
    this.watch.settled(entry.id)
    const { code, message } = error
    if (entry.type !== 'message') this.#options.emitter.emit('error', error)
    else {
      const failed = { status: 'failed', failure: { code, message } } as const
      this.#announce('status', async () => ({ ...(await viewQueued(entry, this.agentId)), ...failed }))
    }
  }

  /** Tells of messages in the order in which they were stored, and only if somebody listens. */
  #announce(name: 'message' | 'status', view: () => Promise<Message>): void {
    const { emitter } = this.#options
    if (!emitter.isHeard(name)) return
    this.#announced = this.#announced.then(async () => emitter.emit(name, await view()))
  }

  #onGap(conversationId: string): void {
    const gaps = this.records.conversations.get(conversationId)?.gaps ?? []
    this.#options.emitter.emit('gap', { conversationId, gaps })
    if (gaps.length === 0) {
      this.positions.report(conversationId)
      this.work.arrived(conversationId)
    } else if (this.#current?.phase === 'live') this.#fill(this.#current)
  }
}

function hasGaps({ gaps = [] }: ConversationRecord): boolean {
  return gaps.length > 0
}

/** Waits for something, but not longer than this. */
async function within(graceMs: number, clock: Clock, task: Promise<void>): Promise<void> {
  let cancel = () => {}
  const grace = new Promise<void>(resolve => {
    cancel = clock.schedule(resolve, graceMs)
  })
  await Promise.race([task, grace])
  cancel()
}
