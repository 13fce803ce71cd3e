/** The Message Handler: composes the parts that send, receive, recover and work, and tells of what they stored. */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, type IMError } from '../errors.ts'
import { type Clock, within } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { StoredMessage } from '../model/event.ts'
import type { UuidSource } from '../model/id.ts'
import type { MessageOrigin } from '../model/message.ts'
import type { Config, OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { IMClientEvents, ReaderReceipt } from './events.ts'
import type { GuardOptions } from './guard.ts'
import { Intake } from './intake.ts'
import { Ledger } from './ledger.ts'
import { Outbox } from './outbox.ts'
import { Records } from './records.ts'
import { Sessions } from './sessions.ts'
import type { Work, WorkOptions } from './work.ts'

/** What the Message Handler works with. */
export interface MessagingOptions {
  readonly workspace: Workspace
  readonly config: Config
  readonly clock: Clock
  readonly newId: UuidSource
  readonly emitter: Emitter<IMClientEvents>
  readonly guard: GuardOptions | false | undefined
}

/** Sends, receives, acknowledges. */
export class MessageHandler {
  readonly agentId: string
  readonly records: Records
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly intake: Intake
  readonly sessions: Sessions
  readonly #options: MessagingOptions
  readonly #workOptions: WorkOptions
  #work: Work | undefined
  #loading: Promise<Work> | undefined
  #announced: Promise<void> = Promise.resolve()
  #finishing = false
  #finished = false

  constructor(options: MessagingOptions) {
    const { workspace, clock, newId, emitter, guard } = options
    const { agentId, settings } = options.config
    const onError = (error: IMError) => emitter.emit('error', error)
    const records = new Records(workspace)
    const ledger = new Ledger(workspace.storage, group => this.#announce('change', work => work.changeOf(group)))
    const base = { agentId, workspace, records, ledger, clock, onError }
    this.agentId = agentId
    this.records = records
    this.ledger = ledger
    // Spreads come last: whatever grows after one gets a hidden class of its own, which is larger than itself.
    const queue = settings.queue ?? false
    this.intake = new Intake({
      queue,
      events: {
        onAccepted: id => this.#work?.settled(id),
        onStored: message => this.#onStored(message),
        onAmended: event => this.#work?.history.amended(event),
        onReceipt: receipt => this.#onReceipt(receipt),
        onGap: (conversationId, opened) => this.#soon(work => work.gaps.changed(conversationId, opened)),
      },
      ...base,
    })
    this.outbox = new Outbox({
      intercept: (transaction, entry) => this.#work?.intercept(transaction, entry),
      onEntry: entry => this.sessions.send(entry),
      onFailed: (entry, error) => this.#onFailed(entry, error),
      ...base,
    })
    this.sessions = new Sessions({
      emitter,
      intake: this.intake,
      outbox: this.outbox,
      positions: { start: session => this.#onCaughtUp(session), stop: () => this.#work?.positions.stop() },
      ...base,
    })
    this.#workOptions = {
      intake: this.intake,
      outbox: this.outbox,
      queue,
      newToken: newId,
      guard,
      emitter,
      onMissing: () => this.sessions.fetchMissing(),
      ...base,
    }
    this.#options = options
  }

  /** Loads what is stored. */
  async start(): Promise<void> {
    await this.records.load()
    this.outbox.start()
    const { config, workspace } = this.#options
    const { queueLimit } = config.settings
    if (queueLimit) (await import('./queue-pressure.ts')).watchPressure(this, this.#options, queueLimit)
    for (const goingOn of ['awaited', 'dead'])
      if ((await workspace.storage.list([goingOn], { limit: 1 }))[0]) await this.#load()
  }

  /** Does something with the part that is loaded when it is first needed: at once, where it is here. */
  work<R>(task: (work: Work) => R | Promise<R>): R | Promise<R> {
    return this.#work ? task(this.#work) : this.#load().then(task)
  }

  /** Whether the work that is under way may still use the client while it closes. */
  get isInGrace(): boolean {
    return !this.#finished && !!this.#work?.isBusy
  }

  /** Begins no more work, and lets what is under way, and the receipts of it, finish within `graceMs`. */
  async finish(graceMs: number): Promise<void> {
    this.#finishing = true
    const finished = async () => {
      await this.#work?.stop()
      await this.ledger.idle()
      await this.#work?.positions.idle()
    }
    await within(graceMs, this.#options.clock, finished())
    this.#finished = true
  }

  /** Resolves when nothing is being stored any more: the storage can be closed. */
  stop(): Promise<void> {
    return this.ledger.idle()
  }

  /** An import resolves anew each time it is evaluated, which costs more than a wait: once, then. A failure is not kept. */
  #load(): Promise<Work> {
    this.#loading ??= this.#begin().catch(error => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  async #begin(): Promise<Work> {
    const { Work } = await import('./work.ts')
    const work = new Work(this.#workOptions)
    await work.load()
    if (this.#finishing) void work.stop()
    if (this.sessions.synced) work.caughtUp(this.sessions.session)
    this.#work = work
    void work.start()
    return work
  }

  /** Where what is sent to a conversation now comes from, if a handler is busy with it. */
  originIn(conversationId: string): MessageOrigin | undefined {
    return this.#work?.handling.originIn(conversationId)
  }

  #onCaughtUp(session: LinkSession): void {
    if (this.#work) this.#work.caughtUp(session)
    else if ([...this.records.conversations.values()].some(({ unreported }) => unreported)) this.#soon()
  }

  /** Does something with the part that is loaded when it is first needed: what is loaded begins with what was left. */
  #soon(task: (work: Work) => void = () => {}): void {
    const done = Promise.resolve(this.work(task))
    done.catch(error => this.#workOptions.onError(asIMError(error, 'Work could not begin.')))
  }

  #onStored(message: StoredMessage): void {
    this.#announce(message.from === this.agentId ? 'status' : 'message', ({ history }) => history.view(message))
    this.#work?.stored(message)
  }

  #onReceipt(receipt: ReaderReceipt): void {
    this.#options.emitter.emit('receipt', receipt)
    this.#work?.advanced()
  }

  #onFailed(entry: OutboxEntry, error: IMError): void {
    this.#work?.settled(entry.id)
    if (entry.type === 'message') this.#announce('status', work => work.refused(entry, error))
    else this.#options.emitter.emit('error', error)
  }

  /** Tells of what was stored, in that order, and only if somebody listens. */
  #announce<Name extends 'message' | 'status' | 'change'>(
    name: Name,
    view: (work: Work) => Promise<IMClientEvents[Name]> | IMClientEvents[Name] | undefined,
  ): void {
    const { emitter } = this.#options
    if (!emitter.isHeard(name)) return
    this.#announced = this.#announced.then(async () => {
      try {
        const news = await this.work(view)
        if (news) emitter.emit(name, news)
      } catch (error) {
        this.#workOptions.onError(asIMError(error, 'What was stored could not be told.'))
      }
    })
  }
}
