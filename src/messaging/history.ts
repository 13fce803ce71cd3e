/** Reading the history: pages, single messages and search, each message with what later events made of it. */
import type { Clock } from '../model/clock.ts'
import { type ConversationEvent, isMessage, type StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Amendments } from './amended.ts'
import type { Records } from './records.ts'
import type { Viewpoint } from './status.ts'
import { viewMessage, viewQueued } from './view.ts'

/** A page of a conversation. Bounds are sequence numbers and exclusive. */
export interface HistoryPage {
  /** At most this many messages; 50 by default. */
  readonly limit?: number
  readonly before?: number
  readonly after?: number
}

const DEFAULT_LIMIT = 50

/** Events read at once while looking for messages. */
const READ_AHEAD = 64

/** What reading works with. */
export interface HistoryOptions {
  readonly workspace: Workspace
  readonly records: Records
  readonly agentId: string
  readonly clock: Clock
}

/** Reads messages. */
export class History {
  readonly #workspace: Workspace
  readonly #records: Records
  readonly #agentId: string
  readonly #clock: Clock
  /** Made with the first conversation in which something was amended. */
  #amendments: Amendments | undefined

  constructor({ workspace, records, agentId, clock }: HistoryOptions) {
    this.#workspace = workspace
    this.#records = records
    this.#agentId = agentId
    this.#clock = clock
  }

  /**
   * Messages, oldest first: the newest `limit` below `before`, or with `after` the oldest above it. The newest page ends
   * with what is still in the outbox.
   */
  async page(
    conversationId: string | undefined,
    { limit = DEFAULT_LIMIT, before, after }: HistoryPage,
  ): Promise<Message[]> {
    if (conversationId === undefined) throw new TypeError('Name the conversation: contactId or conversationId.')
    if (!(limit > 0)) return []
    // The outbox first: what is accepted while the events are read is then in both, and not in neither.
    const waiting = before === undefined ? await this.queued(conversationId) : []
    const events = await this.#collect(conversationId, { limit, before, after })
    const messages = await this.#view(conversationId, events, before === undefined && after === undefined)
    const queued = waiting.filter(({ id }) => !messages.some(message => message.id === id))
    return after === undefined ? [...messages, ...queued].slice(-limit) : [...messages, ...queued].slice(0, limit)
  }

  /** Who looks at messages here, and when: now. */
  get viewpoint(): Viewpoint {
    return { agentId: this.#agentId, now: this.#clock.now() }
  }

  /** The messages of a conversation that the server has not accepted yet, in the order in which they will be sent. */
  queued(conversationId: string): Promise<Message[]> {
    const entries = [...this.#records.outbox.values()].filter(entry => entry.conversationId === conversationId)
    const messages = entries.sort((a, b) => a.order - b.order).filter(entry => entry.type === 'message')
    return Promise.all(messages.map(entry => viewQueued(entry, this.viewpoint)))
  }

  /** A stored message as a program sees it. */
  async view(message: StoredMessage): Promise<Message> {
    const record = this.#records.conversations.get(message.conversationId)
    const view = await viewMessage(message, { record, ...this.viewpoint })
    if (!record?.amended || message.seq >= record.lastSeq) return view // nothing came later that could change it
    return (await this.amendments()).amend(view)
  }

  /** What later events make of messages. */
  async amendments(): Promise<Amendments> {
    const { Amendments } = await import('./amended.ts')
    this.#amendments ??= new Amendments(this.#workspace)
    return this.#amendments
  }

  /** Takes note of an event that changes an earlier message. */
  amended(event: ConversationEvent): void {
    this.#amendments?.note(event)
  }

  /** Reads in stretches until there are enough messages. */
  async #collect(
    conversationId: string,
    { limit, before, after }: { limit: number; before: number | undefined; after: number | undefined },
  ): Promise<ConversationEvent[]> {
    const newest = after === undefined
    let collected: ConversationEvent[] = []
    let bound = newest ? before : after
    for (let missing = limit; missing > 0; ) {
      const range = newest ? { before: bound, after, newest } : { after: bound, before, newest }
      const size = Math.max(missing, Math.min(READ_AHEAD, limit))
      const events = await historyOf(this.#workspace).events(conversationId, { ...range, limit: size })
      collected = newest ? [...events, ...collected] : [...collected, ...events]
      if (events.length < size) break
      bound = newest ? events[0]?.seq : events.at(-1)?.seq
      missing = limit - collected.filter(isMessage).length
    }
    const messages = collected.filter(isMessage)
    const surplus = newest ? messages.at(-limit)?.seq : messages[limit - 1]?.seq
    if (surplus === undefined) return collected
    return collected.filter(event => (newest ? event.seq >= surplus : event.seq <= surplus || !isMessage(event)))
  }

  /** Messages among the events, amended. A page that reaches the end of the log holds all its amendments itself. */
  async #view(conversationId: string, events: readonly ConversationEvent[], toEnd: boolean): Promise<Message[]> {
    const record = this.#records.conversations.get(conversationId)
    const viewpoint = { record, ...this.viewpoint }
    const messages = await Promise.all(events.filter(isMessage).map(message => viewMessage(message, viewpoint)))
    if (!record?.amended) return messages
    return (await this.amendments()).amendAll(conversationId, messages, toEnd ? events : undefined)
  }
}
