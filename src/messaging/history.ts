/** Reading the history: pages, single messages and search, each message with what later events made of it. */
import { IMError } from '../errors.ts'
import { type ConversationEvent, isKnownEvent, isMessage, type StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Records } from './records.ts'
import { type Amendment, viewMessage, viewQueued } from './view.ts'

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

/** Reads messages. */
export class History {
  readonly #workspace: Workspace
  readonly #records: Records
  readonly #agentId: string
  /** Amendments of conversations that have any, by target; read once when a page is asked for that is not the newest. */
  readonly #amendments = new Map<string, Promise<Amendment[]>>()

  constructor(workspace: Workspace, records: Records, agentId: string) {
    this.#workspace = workspace
    this.#records = records
    this.#agentId = agentId
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

  /** The messages of a conversation that the server has not accepted yet, in the order in which they will be sent. */
  queued(conversationId: string): Promise<Message[]> {
    const entries = [...this.#records.outbox.values()].filter(entry => entry.conversationId === conversationId)
    const messages = entries.sort((a, b) => a.order - b.order).filter(entry => entry.type === 'message')
    return Promise.all(messages.map(entry => viewQueued(entry, this.#agentId)))
  }

  /** A stored message as a program sees it. */
  async view(message: StoredMessage): Promise<Message> {
    const [view] = await this.#view(message.conversationId, [message], false)
    return view ?? this.viewFresh(message)
  }

  /** A message that was stored this moment: nothing can have amended it. */
  viewFresh(message: StoredMessage): Promise<Message> {
    const record = this.#records.conversations.get(message.conversationId)
    return viewMessage(message, { record, agentId: this.#agentId })
  }

  /** Takes note of an event that changes an earlier message. */
  amended(event: ConversationEvent): void {
    const known = this.#amendments.get(event.conversationId)
    if (known && isAmendment(event)) void known.then(amendments => amendments.push(event), ignoreFailedRead)
  }

  /** Reads in stretches until there are enough messages. */
  async #collect(
    conversationId: string,
    { limit, before, after }: { limit: number; before: number | undefined; after: number | undefined },
  ): Promise<ConversationEvent[]> {
    const newest = after === undefined
    const collected: ConversationEvent[] = []
    let bound = newest ? before : after
    for (let missing = limit; missing > 0; ) {
      const range = newest ? { before: bound, after, newest } : { after: bound, before, newest }
      const size = Math.max(missing, Math.min(READ_AHEAD, limit))
      const events = await this.#workspace.history.events(conversationId, { ...range, limit: size })
      if (newest) collected.unshift(...events)
      else collected.push(...events)
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
    const amendments = !record?.amended
      ? []
      : toEnd
        ? events.filter(isAmendment)
        : await this.#amendmentsOf(conversationId)
    const byTarget = groupByTarget(amendments)
    const views = events.filter(isMessage).map(message => {
      return viewMessage(message, { record, agentId: this.#agentId, amendments: byTarget.get(message.id) ?? [] })
    })
    return Promise.all(views)
  }

  #amendmentsOf(conversationId: string): Promise<Amendment[]> {
    const known = this.#amendments.get(conversationId)
    if (known) return known
    const reading = this.#readAmendments(conversationId)
    this.#amendments.set(conversationId, reading)
    reading.catch(() => this.#amendments.delete(conversationId)) // the next page tries again; this one's caller is told
    return reading
  }

  async #readAmendments(conversationId: string): Promise<Amendment[]> {
    const amendments: Amendment[] = []
    for await (const events of this.#workspace.history.pages(conversationId)) {
      amendments.unshift(...events.filter(isAmendment))
    }
    return amendments
  }
}

function isAmendment(event: ConversationEvent): event is Amendment {
  return isKnownEvent(event) && (event.type === 'edit' || event.type === 'deletion' || event.type === 'reaction')
}

function groupByTarget(amendments: readonly Amendment[]): Map<string, Amendment[]> {
  const groups = new Map<string, Amendment[]>()
  for (const amendment of amendments) {
    const group = groups.get(amendment.target)
    if (group) group.push(amendment)
    else groups.set(amendment.target, [amendment])
  }
  return groups
}

/** The reader whose read failed has been told; what it did not read will be read again whole. */
function ignoreFailedRead(error: unknown): void {
  if (!(error instanceof IMError)) throw error
}
