/**
 * One session after the other: catching up, storing the feed, sending what waits. Each passes from `catching up` to `live`
 * when nothing from before its beginning is missing.
 */
import type { LinkSession, SessionHandler } from '../connection/link.ts'
import { asIMError, IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import type { Emitter } from '../model/emitter.ts'
import type { AppendResult, Cursor, FeedBatch, Presence } from '../protocol/schemas.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { IMClientEvents, RecoveryReport } from './events.ts'
import type { Intake } from './intake.ts'
import type { Ledger } from './ledger.ts'
import { numberEvent, numberReceipt, stampEntry } from './numbering.ts'
import type { Outbox } from './outbox.ts'
import type { Positions } from './positions.ts'
import type { Records } from './records.ts'
import type { Recovery } from './recovery.ts'
import { Sender } from './sender.ts'

/** What sessions work with. */
export interface SessionsOptions {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly clock: Clock
  readonly emitter: Emitter<IMClientEvents>
  readonly intake: Intake
  readonly outbox: Outbox
  readonly positions: Pick<Positions, 'start' | 'stop'>
  readonly onError: (error: IMError) => void
}

/** Most conversations that `session.open` names as incomplete: its frame is small. */
const MAX_INCOMPLETE = 1000

/** One session, from its opening to its end. */
interface Current {
  readonly session: LinkSession
  /** Feed batches that wait for what has to come before them; `undefined` when none has to wait. */
  held: FeedBatch[] | undefined
  phase: 'catching up' | 'live'
  report: RecoveryReport
  filling: Promise<void> | undefined
  /** Ends a pause before more of what is missing is fetched. */
  cancelPause: () => void
  /** The ledger's last failure at its opening: after another, the cursor may not move on. */
  readonly failure: Ledger['failure']
}

/** Receives, acknowledges, and sends while there is a session. */
export class Sessions implements SessionHandler {
  readonly #options: SessionsOptions
  #current: Current | undefined
  #sender: Sender | undefined

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** What the session brought back, once it has caught up; `undefined` until then. */
  get synced(): RecoveryReport | undefined {
    return this.#current?.phase === 'live' ? this.#current.report : undefined
  }

  /** The session, while there is one. */
  get current(): LinkSession | undefined {
    return this.#current?.session
  }

  /** @throws IMError `NOT_CONNECTED` while there is no session */
  get session(): LinkSession {
    if (!this.#current) throw new IMError('NOT_CONNECTED', 'There is no session; call connect first.')
    return this.#current.session
  }

  /** Sends an entry that was stored, now or when there is a session. */
  send(entry: OutboxEntry): void {
    this.#sender?.add(entry)
  }

  /** Something was found missing: it is fetched now, or when there is a session. */
  fetchMissing(): void {
    if (this.#current?.phase === 'live') this.#fill(this.#current)
  }

  async cursor(): Promise<Cursor | undefined> {
    await this.#options.ledger.idle()
    if (this.#incomplete().length > MAX_INCOMPLETE) return undefined // from the beginning: nothing counts as delivered
    return this.#options.workspace.cursor()
  }

  incomplete(): string[] {
    const incomplete = this.#incomplete()
    return incomplete.length > MAX_INCOMPLETE ? [] : incomplete
  }

  #incomplete(): string[] {
    const records = [...this.#options.records.conversations.values()]
    return records.filter(hasGaps).map(({ conversationId }) => conversationId)
  }

  onSession(session: LinkSession): void {
    const current: Current = {
      session,
      held: undefined,
      phase: 'catching up',
      report: { kind: 'recovered' },
      filling: undefined,
      cancelPause: () => {},
      failure: this.#options.ledger.failure,
    }
    this.#current = current
    void this.#begin(current)
  }

  onFeed(session: LinkSession, batch: FeedBatch): void {
    const current = this.#current
    if (current?.session !== session) return
    if (current.held) current.held.push(batch)
    else if (batch.events.some(event => this.#isUnread(event)))
      void this.#guard(current, () => this.#holding(current, () => this.#readFormer(batch.events), [batch]))
    else void this.#store(current, batch)
  }

  onPresence(presence: Presence): void {
    this.#options.emitter.emit('presence', presence)
  }

  onSessionEnd(session: LinkSession): void {
    if (this.#current?.session !== session) return
    this.#current.cancelPause()
    this.#current = undefined
    this.#sender?.stop()
    this.#sender = undefined
    this.#options.positions.stop()
  }

  /** The feed goes on from the cursor: caught up at once where nothing happened meanwhile. */
  async #begin(current: Current): Promise<void> {
    const { session } = current
    const { recovered, offset } = session.facts
    await this.#guard(current, async () => {
      const cursor = recovered ? await this.cursor() : undefined
      if (!cursor) current.report = await this.#holding(current, async () => (await this.#recovery()).begin(session))
      this.#caughtUp(current, cursor?.offset ?? (recovered ? 0 : offset))
    })
  }

  /** Lets the feed wait while something is done that has to come before it. */
  async #holding<T>(current: Current, work: () => Promise<T>, held: FeedBatch[] = []): Promise<T> {
    current.held = held
    const result = await work()
    current.held = undefined
    for (const batch of held) this.onFeed(current.session, batch)
    return result
  }

  /** Whether it is still to be read what the event's conversation held under an earlier numbering. */
  #isUnread({ conversationId }: { readonly conversationId: string }): boolean {
    const { records, intake } = this.#options
    return !!records.conversations.get(conversationId)?.epochBase && !intake.recent.former.has(conversationId)
  }

  async #readFormer(events: readonly { readonly conversationId: string }[]): Promise<void> {
    return (await this.#recovery()).readFormer(events)
  }

  /** Stores a batch of the feed, and only then acknowledges it. */
  async #store(current: Current, batch: FeedBatch): Promise<void> {
    const { workspace } = this.#options
    const { conversations } = this.#options.records
    await this.#guard(current, async () => {
      await this.#options.ledger.transact(transaction => {
        const { failure } = this.#options.ledger
        if (failure !== current.failure) throw failure?.error
        for (const event of batch.events) {
          const record = transaction.get(conversations, event.conversationId)
          this.#options.intake.event(transaction, numberEvent(event, record))
        }
        for (const receipt of batch.receipts) {
          const record = transaction.get(conversations, receipt.conversationId)
          this.#options.intake.receipt(transaction, numberReceipt(receipt, record))
        }
        transaction.write(workspace.putCursor({ epoch: current.session.facts.epoch, offset: batch.offset }))
      })
      if (this.#current !== current) return
      current.session.acknowledge(batch.offset)
      this.#caughtUp(current, batch.offset)
    })
  }

  /** Everything from before the session is stored: now what waits can be sent. */
  #caughtUp(current: Current, offset: number): void {
    if (this.#current !== current || current.phase === 'live' || offset < current.session.facts.offset) return
    current.phase = 'live'
    this.#sender = new Sender(current.session, {
      clock: this.#options.clock,
      entries: () => this.#options.outbox.entries(),
      onAccepted: (entry, result) => this.#onAccepted(current, entry, result),
      onRefused: (entry, error) => this.#options.outbox.fail(entry, error),
    })
    this.#sender.pump()
    this.#options.positions.start(current.session)
    this.#options.emitter.emit('synced', current.report)
    void this.#guard(current, () => this.#noteSession(current.session))
    this.#fill(current)
  }

  /** Fetches what is missing; what is found missing meanwhile is fetched too. */
  #fill(current: Current): void {
    if (![...this.#options.records.conversations.values()].some(hasGaps)) return
    const fill = async () => {
      const pauseMs = await (await this.#recovery()).fill(current.session)
      if (pauseMs === undefined || this.#current !== current) return
      current.cancelPause()
      current.cancelPause = this.#options.clock.schedule(() => this.#fill(current), pauseMs)
    }
    current.filling ??= this.#guard(current, fill).finally(() => {
      current.filling = undefined
    })
  }

  /** Loaded when something is missing, which is rare. */
  async #recovery(): Promise<Recovery> {
    const { Recovery } = await import('./recovery.ts')
    return new Recovery(this.#options)
  }

  async #noteSession(session: LinkSession): Promise<void> {
    const { noteSession } = await import('./session-note.ts')
    await noteSession(this.#options, session)
  }

  /** A session on which something cannot be stored, or that breaks, is given up; the next one goes on from the cursor. */
  async #guard(current: Current, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      if (this.#current !== current) return
      const error = asIMError(cause, 'Receiving failed.')
      this.#options.emitter.emit('error', error)
      current.session.abandon(error)
    }
  }

  async #onAccepted(current: Current, entry: OutboxEntry, { seq, acceptedAt }: AppendResult): Promise<void> {
    if (this.#isUnread(entry)) await this.#readFormer([entry])
    if (this.#current !== current) return // the next session sends it again: its numbers may be other ones
    await this.#options.ledger.transact(transaction => {
      const stamped = stampEntry(entry, { seq, acceptedAt, from: this.#options.agentId })
      const { conversationId } = entry
      const record = transaction.get(this.#options.records.conversations, conversationId)
      this.#options.intake.event(transaction, numberEvent(stamped, record))
    })
  }
}

function hasGaps({ gaps = [] }: ConversationRecord): boolean {
  return gaps.length > 0
}
