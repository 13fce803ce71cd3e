/**
 * The feed of one session: what was published goes out in batches, and never more than a window of it is
 * unacknowledged. What a slow client leaves behind is not kept in memory but read from the log again.
 *
 *   live ──the queue is full──▶ behind ──there is room: read a page──▶ behind … ──the page reaches the head──▶ live
 *
 * The queue is always a complete stretch of the feed: it begins after what was sent and ends at `#queuedTo`. While a page
 * is read, what is published meanwhile waits aside, so that the change to live loses nothing and repeats nothing.
 */
import { eventItem, type FeedItem, feedFrame, receiptItem } from './feed-item.ts'
import { type FeedPage, FeedReader } from './feed-reader.ts'
import type { ServerLog } from './server-log.ts'

/** Most items of one frame. */
const FRAME_ITEMS = 256

/** Frames sent and not acknowledged. A client that stores slower than events come gets fewer and larger ones. */
const FRAMES_IN_FLIGHT = 4

/** Own events left out of the feed before an empty frame moves the client's cursor past them. */
const SILENT_STRETCH = 256

/** What a pump needs. */
export interface FeedPumpOptions {
  readonly log: ServerLog
  readonly agentId: string
  /** Most items sent and not acknowledged, and most kept to be sent. */
  readonly windowItems: number
  /** Most characters sent and not acknowledged; a single item may be larger. */
  readonly windowLength: number
  /** Most characters of one frame; a single item may be larger. */
  readonly frameLength: number
  readonly send: (text: string) => void
  /** The client has stored events up to here. */
  readonly onDelivered: (key: string, seq: number) => void
  /** The log could not be read: the session cannot go on. */
  readonly onFailure: (cause: unknown) => void
}

interface SentFrame {
  readonly offset: number
  readonly items: number
  readonly length: number
  readonly delivers: ReadonlyMap<string, number>
}

/** The feed of one session, from `start` to `stop`. */
export class FeedPump {
  readonly #options: FeedPumpOptions
  #queue: FeedItem[] = []
  #queuedTo = 0
  #queuedLength = 0
  #sentTo = 0
  #reader: FeedReader | undefined
  /** What was published while a page is being read; `undefined` when none is. */
  #aside: FeedItem[] | undefined
  #asideLength = 0
  #asideFull = false
  #frames: SentFrame[] = []
  #unackedItems = 0
  #unackedLength = 0
  #silent = 0
  #stopped = false

  constructor(options: FeedPumpOptions) {
    this.#options = options
  }

  /** Begins after an offset; `reader` stands there already, and is absent where there is nothing to catch up with. */
  start(offset: number, reader: FeedReader | undefined): void {
    this.#queuedTo = offset
    this.#sentTo = offset
    this.#reader = reader
    this.flush()
  }

  /** Takes what was published. Nothing is sent before {@link flush}. */
  offer(item: FeedItem): void {
    if (this.#aside) this.#putAside(item)
    else if (!this.#reader) this.#enqueue(item)
  }

  /** Takes note of an event that this session itself made: its answer told everything. */
  skip(offset: number): void {
    if (this.#aside || this.#reader) return // the log will bring it
    const last = this.#queue.at(-1)
    this.#queuedTo = offset
    if (last) last.offset = offset
    else if (++this.#silent >= SILENT_STRETCH) this.#sendFrame([])
  }

  /** Takes an acknowledgement: makes room, and is the proof of delivery. */
  acknowledge(offset: number): void {
    const delivered = new Map<string, number>()
    let count = 0
    for (const frame of this.#frames) {
      if (frame.offset > offset) break
      count += 1
      this.#unackedItems -= frame.items
      this.#unackedLength -= frame.length
      for (const [key, seq] of frame.delivers) delivered.set(key, seq)
    }
    this.#frames.splice(0, count)
    for (const [key, seq] of delivered) this.#options.onDelivered(key, seq)
    this.flush()
  }

  /** Sends what there is and what the window allows, and reads on where the log has more. */
  flush(): void {
    if (this.#stopped) return
    while (this.#queue.length > 0 && this.#hasRoom()) this.#sendFrame(this.#nextItems())
    if (this.#reader && !this.#aside && this.#queue.length === 0) void this.#readPage(this.#reader)
  }

  /** Ends it. */
  stop(): void {
    this.#stopped = true
    this.#queue = []
    this.#reader = undefined
  }

  #hasRoom(): boolean {
    const { windowItems, windowLength } = this.#options
    if (this.#frames.length >= FRAMES_IN_FLIGHT) return false
    return this.#unackedItems < windowItems && this.#unackedLength < windowLength
  }

  #enqueue(item: FeedItem): void {
    const { windowItems, windowLength, log, agentId } = this.#options
    if (this.#queue.length >= windowItems || this.#queuedLength >= windowLength) {
      this.#reader = new FeedReader(log, agentId, this.#queuedTo)
      return
    }
    this.#queue.push(item)
    this.#queuedTo = item.offset
    this.#queuedLength += item.text.length
  }

  #putAside(item: FeedItem): void {
    const { windowItems, windowLength } = this.#options
    this.#asideFull ||= this.#asideLength >= windowLength || (this.#aside?.length ?? 0) >= windowItems
    if (this.#asideFull) return
    this.#aside?.push(item)
    this.#asideLength += item.text.length
  }

  async #readPage(reader: FeedReader): Promise<void> {
    this.#aside = []
    this.#asideLength = 0
    this.#asideFull = false
    try {
      const page = await reader.page({ items: FRAME_ITEMS, length: this.#options.windowLength })
      if (this.#stopped) return
      this.#takePage(page)
    } catch (cause) {
      this.#options.onFailure(cause)
    }
  }

  #takePage(page: FeedPage): void {
    const aside = this.#aside ?? []
    this.#aside = undefined
    const items = this.#pageItems(page)
    for (const item of items) this.#queuedLength += item.text.length
    this.#queue.push(...items)
    this.#queuedTo = page.offset
    if (page.atHead && !this.#asideFull) {
      this.#reader = undefined
      for (const item of aside) this.#enqueue(item)
    }
    if (items.length === 0 && page.offset > this.#sentTo) this.#sendFrame([])
    this.flush()
  }

  /** Receipts first and at the page's beginning, so that no offset is told before all that lies below it is out. */
  #pageItems({ events, receipts, offset }: FeedPage): FeedItem[] {
    const { agentId } = this.#options
    const items = receipts.map(receipt => receiptItem(agentId, receipt, this.#queuedTo))
    for (const entry of events) {
      items.push(eventItem(agentId, entry.text, entry, entry.conversation.key))
    }
    const last = items.at(-1)
    if (last) last.offset = offset
    return items
  }

  #nextItems(): FeedItem[] {
    const { windowItems, windowLength, frameLength } = this.#options
    const most = Math.min(FRAME_ITEMS, windowItems - this.#unackedItems)
    const longest = Math.min(frameLength, windowLength - this.#unackedLength)
    let length = 0
    let count = 0
    for (const { text } of this.#queue) {
      if (count > 0 && (count >= most || length + text.length > longest)) break
      length += text.length
      count += 1
    }
    this.#queuedLength -= length
    return this.#queue.splice(0, count)
  }

  #sendFrame(items: readonly FeedItem[]): void {
    const offset = items.at(-1)?.offset ?? this.#queuedTo
    const text = feedFrame(offset, items)
    this.#silent = 0
    if (offset > this.#sentTo) this.#await(offset, items, text.length)
    this.#sentTo = offset
    this.#options.send(text)
  }

  /** A frame that does not move the offset need not be acknowledged, so it does not count. */
  #await(offset: number, items: readonly FeedItem[], length: number): void {
    const delivers = new Map<string, number>()
    for (const item of items) if (item.delivers) delivers.set(item.delivers.key, item.delivers.seq)
    this.#frames.push({ offset, items: items.length, length, delivers })
    this.#unackedItems += items.length
    this.#unackedLength += length
  }
}
