/**
 * Reads an account's change feed from the log: the conversations it takes part in, merged by position. For a session
 * that resumes, and for one that lags so far behind that its items are no longer kept in memory.
 */
import type { ReaderPosition } from '../model/conversation.ts'
import { eventText } from './feed-item.ts'
import { visibleSpan } from './membership.ts'
import { lastConcerned } from './reader-positions.ts'
import type { LoggedConversation, LoggedEvent, ServerLog } from './server-log.ts'

/** Events per read of one conversation, when it is the only one. */
const CHUNK = 64

/** Fewest events per read, so that many conversations do not cost a read for each event. */
const MIN_CHUNK = 8

/** What an event counts before any of its conversation was read, in characters. */
const ASSUMED_LENGTH = 128 * 1024

/** A receipt in a page: the latest of its reader. */
export interface FeedReceipt {
  readonly conversation: LoggedConversation
  readonly reader: string
  readonly positions: ReaderPosition
}

/** An event in a page. */
export interface FeedEntry extends LoggedEvent {
  readonly conversation: LoggedConversation
  /** The event as the account knows it, as JSON. */
  readonly text: string
}

/** Bounds of a page. */
export interface PageSize {
  readonly items: number
  /** In characters; a single event may be larger. */
  readonly length: number
}

/** A stretch of the feed. */
export interface FeedPage {
  readonly events: readonly FeedEntry[]
  readonly receipts: readonly FeedReceipt[]
  /** The stretch is complete up to here. */
  readonly offset: number
  /** Whether it reaches what was the log's head when the page was asked for. */
  readonly atHead: boolean
}

interface Source {
  readonly conversation: LoggedConversation
  /** The next sequence to read, and the last that may be read now. */
  next: number
  last: number
  /** How long the events were that were read last, on average. */
  meanLength: number
  readonly buffer: FeedEntry[]
}

/** A place in an account's feed, which moves on page by page. */
export class FeedReader {
  readonly #log: ServerLog
  readonly #agentId: string
  readonly #start: number
  readonly #sources = new Map<string, Source>()
  #offset: number
  #receiptsUpTo: number

  constructor(log: ServerLog, agentId: string, after: number) {
    this.#log = log
    this.#agentId = agentId
    this.#start = after
    this.#offset = after
    this.#receiptsUpTo = after
  }

  /** Finds its place in every conversation. @throws IMError a storage code */
  async open(): Promise<void> {
    await this.#findSources()
  }

  /** How many events lie before it. */
  get backlog(): number {
    let count = 0
    for (const source of this.#sources.values())
      count += Math.max(0, lastVisible(source, this.#agentId) - source.next + 1)
    return count
  }

  /** How far the account had come in each of its conversations where this reader began: before the first page only. */
  *covered(): Iterable<{ readonly key: string; readonly seq: number }> {
    for (const conversation of this.#log.conversationsOf(this.#agentId)) {
      const { key, lastPosition, lastSeq, membership } = conversation
      const span = visibleSpan(membership, this.#agentId)
      const seq = lastPosition <= this.#start ? lastSeq : (this.#sources.get(key)?.next ?? 0) - 1
      if (span && seq >= span.first) yield { key, seq: Math.min(seq, span.last) }
    }
  }

  /** The next stretch. Holds little more than `length` in memory, but one event of each conversation at least. @throws IMError a storage code */
  async page(size: PageSize): Promise<FeedPage> {
    const head = this.#log.head
    await this.#findSources()
    const sources = [...this.#sources.values()]
    for (const source of sources) source.last = lastVisible(source, this.#agentId)
    const chunk = Math.max(MIN_CHUNK, Math.ceil(CHUNK / Math.max(1, sources.length)))
    await Promise.all(sources.map(source => this.#fill(source, chunk, size.length / sources.length)))
    const { events, atHead } = merge(sources, head, size)
    this.#offset = Math.max(this.#offset, atHead ? head : (events.at(-1)?.position ?? 0))
    return { events, receipts: this.#takeReceipts(), offset: this.#offset, atHead }
  }

  async #findSources(): Promise<void> {
    const missing: LoggedConversation[] = []
    for (const conversation of this.#log.conversationsOf(this.#agentId)) {
      if (conversation.lastPosition > this.#offset && !this.#sources.has(conversation.key)) missing.push(conversation)
    }
    await Promise.all(missing.map(conversation => this.#findSource(conversation)))
  }

  async #findSource(conversation: LoggedConversation): Promise<void> {
    const span = visibleSpan(conversation.membership, this.#agentId)
    if (!span) return
    const next = Math.max(span.first, await this.#firstAfter(conversation, this.#offset))
    this.#sources.set(conversation.key, { conversation, next, last: 0, meanLength: ASSUMED_LENGTH, buffer: [] })
  }

  /** The first sequence at a later position: steps back from the end, wider each time, then halves the last step. */
  async #firstAfter(conversation: LoggedConversation, offset: number): Promise<number> {
    let high = conversation.lastSeq // known to be later
    let low = 0 // known not to be
    for (let step = 1; high > 1; step *= 2) {
      const probe = Math.max(1, high - step)
      if (await this.#isLater(conversation.key, probe, offset)) high = probe
      else {
        low = probe
        break
      }
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (await this.#isLater(conversation.key, middle, offset)) high = middle
      else low = middle
    }
    return high
  }

  async #isLater(key: string, seq: number, offset: number): Promise<boolean> {
    const [logged] = await this.#log.read(key, { after: seq - 1, before: seq + 1, limit: 1 })
    return (logged?.position ?? 0) > offset
  }

  async #fill(source: Source, chunk: number, length: number): Promise<void> {
    if (source.buffer.length > 0 || source.next > source.last) return
    const { next, last, conversation } = source
    const limit = Math.min(chunk, Math.max(1, Math.floor(length / source.meanLength)))
    const events = await this.#log.read(conversation.key, { after: next - 1, before: last + 1, limit })
    let read = 0
    for (const logged of events) {
      const text = eventText(this.#agentId, logged, conversation)
      read += text.length
      source.buffer.push({ ...logged, conversation, text })
    }
    if (events.length > 0) source.meanLength = read / events.length
    source.next = (events.at(-1)?.event.seq ?? last) + 1
  }

  /**
   * The receipts that changed since the last page, later ones than the page's offset too: they join by maximum. What they
   * said before is not known any more, so that each goes to whoever sent any message that it may say something of.
   */
  #takeReceipts(): FeedReceipt[] {
    const found: FeedReceipt[] = []
    const after = this.#receiptsUpTo
    this.#receiptsUpTo = this.#log.head
    if (this.#receiptsUpTo === after) return found // nothing at all has changed since the last page
    for (const conversation of this.#log.conversationsOf(this.#agentId)) {
      if (conversation.lastReceiptPosition <= after || !conversation.membership.members.has(this.#agentId)) continue
      for (const [reader, { position, positions }] of conversation.receipts) {
        if (position <= after || reader === this.#agentId) continue
        const upTo = lastConcerned(positions)
        if (this.#log.mayHaveSent(conversation.key, this.#agentId, upTo))
          found.push({ conversation, reader, positions })
      }
    }
    return found
  }
}

function lastVisible({ conversation }: Source, agentId: string): number {
  return Math.min(conversation.lastSeq, visibleSpan(conversation.membership, agentId)?.last ?? 0)
}

/** Merges what the sources hold, up to the size, or to where one of them has more that it does not hold yet. */
function merge(sources: readonly Source[], head: number, size: PageSize): { events: FeedEntry[]; atHead: boolean } {
  const events: FeedEntry[] = []
  let length = 0
  while (events.length < size.items && length < size.length) {
    const source = earliest(sources, head)
    if (!source) return { events, atHead: true }
    const entry = source.buffer.shift()
    if (entry) events.push(entry)
    length += entry?.text.length ?? 0
    if (source.buffer.length === 0 && source.next <= source.last) break
  }
  return { events, atHead: false }
}

function earliest(sources: readonly Source[], head: number): Source | undefined {
  let best: Source | undefined
  for (const source of sources) {
    const position = source.buffer[0]?.position ?? Number.POSITIVE_INFINITY
    if (position <= head && position < (best?.buffer[0]?.position ?? Number.POSITIVE_INFINITY)) best = source
  }
  return best
}
