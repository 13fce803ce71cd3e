/** The Message Handler: composes the parts that send, receive, recover and offer, and tells of what they stored. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { StoredMessage } from '../model/event.ts'
import type { UuidSource } from '../model/id.ts'
import type { Message, MessageStatus } from '../model/message.ts'
import type { Config, OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { IMClientEvents } from './events.ts'
import { History } from './history.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'
import { Outbox } from './outbox.ts'
import { Positions } from './positions.ts'
import { Records } from './records.ts'
import { Sessions } from './sessions.ts'
import type { StatusWatch, WaitOptions } from './status-watch.ts'
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

/** How long an event may be overtaken by what follows it, in milliseconds: then it is missing, told and fetched. */
const OVERTAKING_MS = 1000

/** Sends, receives, acknowledges. */
export class MessageHandler {
  readonly agentId: string
  readonly records: Records
  readonly ledger: Ledger
  readonly history: History
  readonly outbox: Outbox
  readonly work: Work
  readonly positions: Positions
  readonly intake: Intake
  readonly sessions: Sessions
  readonly #options: MessagingOptions
  #announced: Promise<void> = Promise.resolve()
  /** Made when somebody first waits. */
  #watch: StatusWatch | undefined
  /** Conversations in which something seemed to be missing a moment ago, and what ends the wait before it counts. */
  readonly #opened = new Map<string, () => void>()
  #finishing = false
  #finished = false

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
    // Spreads come last: whatever grows after one gets a hidden class of its own, which is larger than itself.
    this.intake = new Intake({
      queue: config.settings.queue ?? false,
      events: {
        onAccepted: id => this.#watch?.settled(id),
        onStored: message => this.#onStored(message),
        onAmended: event => history.amended(event),
        onReceipt: receipt => {
          emitter.emit('receipt', receipt)
          this.#watch?.advanced()
        },
        onGap: (conversationId, opened) => this.#onGap(conversationId, opened),
      },
      ...base,
    })
    this.outbox = new Outbox({
      onEntry: entry => this.sessions.send(entry),
      onFailed: (entry, error) => this.#onFailed(entry, error),
      ...base,
    })
    this.work = new Work({ newToken: newId, onTaken: message => this.positions.take(message), ...base })
    this.sessions = new Sessions({
      emitter,
      intake: this.intake,
      outbox: this.outbox,
      positions: this.positions,
      ...base,
    })
    this.#options = options
  }

  /** Loads what is stored. */
  async start(): Promise<void> {
    await this.records.load()
    this.outbox.start()
  }

  /** Whether the work that is under way may still use the client while it closes. */
  get isInGrace(): boolean {
    return !this.#finished && this.work.isBusy
  }

  /** Begins no more work, and lets what is under way, and the receipts of it, finish within `graceMs`. */
  async finish(graceMs: number): Promise<void> {
    this.#finishing = true
    this.#watch?.close()
    const finished = async () => {
      await this.work.stop()
      await this.ledger.idle()
      await this.positions.idle()
    }
    await within(graceMs, this.#options.clock, finished())
    this.#finished = true
  }

  /** Resolves when nothing is being stored any more: the storage can be closed. */
  async stop(): Promise<void> {
    await this.ledger.idle()
    for (const cancel of this.#opened.values()) cancel()
  }

  /** A message, wherever it is: in the outbox, among the dead letters, in the history. */
  async find(id: string): Promise<Message | undefined> {
    const { findMessage } = await import('./find-message.ts')
    return findMessage({ ...this, workspace: this.#options.workspace }, id)
  }

  /** Waits until a message of this client's own has come as far as this. @throws as {@link StatusWatch.wait} */
  async waitForStatus(id: string, status: MessageStatus, options: WaitOptions): Promise<Message> {
    const watch = this.#watch ?? (await this.#loadWatch())
    if (this.#finishing) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
    return watch.wait(id, status, options)
  }

  /** An import resolves anew each time it is evaluated, which costs more than a wait: it is evaluated once. */
  async #loadWatch(): Promise<StatusWatch> {
    const [{ StatusWatch }, { findMessage }] = await Promise.all([
      import('./status-watch.ts'),
      import('./find-message.ts'),
    ])
    const places = { ...this, workspace: this.#options.workspace }
    this.#watch ??= new StatusWatch(this.#options.clock, {
      isQueued: id => this.records.outbox.get(id)?.type === 'message',
      find: id => findMessage(places, id),
    })
    return this.#watch
  }

  #onStored(message: StoredMessage): void {
    const own = message.from === this.agentId
    const view = () => this.history.view(message)
    this.#announce(own ? 'status' : 'message', view)
    if (own) this.#watch?.settled(message.id, view)
    else this.work.arrived(message.conversationId)
  }

  #onFailed(entry: OutboxEntry, error: IMError): void {
    this.#watch?.settled(entry.id)
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

  /** Answers and the feed overtake each other: what closes again within a moment was never missing. */
  #onGap(conversationId: string, opened: boolean): void {
    const cancel = this.#opened.get(conversationId)
    if (!opened && !cancel) return this.#tellGap(conversationId)
    if (opened) {
      cancel?.()
      this.#opened.set(conversationId, this.#tellLater(conversationId))
    }
    if (!this.#isMissing(conversationId)) this.#onWhole(conversationId)
  }

  #tellLater(conversationId: string): () => void {
    const tell = () => {
      this.#opened.delete(conversationId)
      if (this.#isMissing(conversationId)) this.#tellGap(conversationId)
    }
    return this.#options.clock.schedule(tell, OVERTAKING_MS)
  }

  #isMissing(conversationId: string): boolean {
    return !!this.records.conversations.get(conversationId)?.gaps?.length
  }

  #tellGap(conversationId: string): void {
    const gaps = this.records.conversations.get(conversationId)?.gaps ?? []
    this.#options.emitter.emit('gap', { conversationId, gaps })
    if (gaps.length === 0) this.#onWhole(conversationId)
    else this.sessions.fetchMissing()
  }

  #onWhole(conversationId: string): void {
    this.positions.report(conversationId)
    this.work.arrived(conversationId)
  }
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
