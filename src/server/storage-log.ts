/**
 * The server's log on the storage contract.
 *
 *   ['events', key, seq]        an event and its position
 *   ['conversations', key]      the membership
 *   ['heads', key]              [last sequence, last position]
 *   ['receipts', key, reader]   how far a reader has come, and the position of that
 *   ['state', 'epoch']          the identity of the numbering
 *
 * All that waits forms one write. Sequences and positions are given when the group is formed, memory changes after the
 * write, so a failed write leaves nothing to undo.
 */
import { IMError } from '../errors.ts'
import { type Clock, isoTime, type Random } from '../model/clock.ts'
import type { ReaderPosition } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import { createUuidSource } from '../model/id.ts'
import { CommitQueue } from '../storage/commit-queue.ts'
import type { StorageAdapter, StorageEntry, StorageRepair } from '../storage/contract.ts'
import { CommitGroup, type Decided } from './commit-group.ts'
import { Directory } from './directory.ts'
import { IndexCache } from './index-cache.ts'
import { decodeMembership } from './membership.ts'
import { raisedPositions } from './reader-positions.ts'
import type {
  AppendOutcome,
  AppendRequest,
  LoggedConversation,
  LoggedEvent,
  Publication,
  ReadRange,
  ReceiptRaise,
  ServerLog,
} from './server-log.ts'

/** What the log stands on. */
export interface StorageLogOptions {
  readonly storage: StorageAdapter
  readonly clock: Clock
  readonly random: Random
  /** How many event ids are kept in memory for dedupe, over all conversations. */
  readonly indexedEvents: number
  /** Told why a group could not be stored. */
  readonly onError: (error: IMError) => void
  readonly onRepair: (repair: StorageRepair) => void
}

/** A {@link ServerLog} on any storage adapter, which it opens and closes. */
export class StorageLog implements ServerLog {
  readonly #options: StorageLogOptions
  readonly #directory = new Directory()
  readonly #indexes: IndexCache
  readonly #queue: CommitQueue<AppendRequest | undefined, undefined>
  readonly #listeners: ((group: readonly Publication[]) => void)[] = []
  #raised = new Map<string, ReceiptRaise[]>()
  /** Whether a group that takes {@link #raised} is on its way. */
  #raiseQueued = false
  #epoch = ''
  #head = 0

  constructor(options: StorageLogOptions) {
    this.#options = options
    this.#indexes = new IndexCache((key, range) => this.read(key, range), options.indexedEvents)
    this.#queue = new CommitQueue(group => this.#commit(group))
  }

  get epoch(): string {
    return this.#epoch
  }

  get head(): number {
    return this.#head
  }

  /** How many conversations there are. */
  get conversations(): number {
    return this.#directory.size
  }

  async open(): Promise<void> {
    const { storage, onRepair, onError } = this.#options
    await storage.open({ onRepair, onFailure: onError })
    try {
      await this.#load()
    } catch (error) {
      await storage.close()
      throw error
    }
  }

  async #load(): Promise<void> {
    const { storage } = this.#options
    const [conversations, heads, receipts] = await Promise.all([
      storage.list(['conversations']),
      storage.list(['heads']),
      storage.list(['receipts']),
    ])
    for (const { key, value } of conversations) this.#directory.put(String(key[1]), decodeMembership(value))
    for (const entry of heads) this.#loadHead(entry)
    for (const entry of receipts) this.#loadReceipt(entry)
    this.#epoch = await this.#loadEpoch()
  }

  conversation(key: string): LoggedConversation | undefined {
    return this.#directory.get(key)
  }

  mayHaveSent(key: string, from: string, upTo: number): boolean {
    return this.#indexes.get(key)?.hasSent(from, upTo) ?? true
  }

  conversationsOf(agentId: string): Iterable<LoggedConversation> {
    return this.#directory.of(agentId)
  }

  append(request: AppendRequest): void {
    void this.#queue.add(request)
  }

  raise(receipt: ReceiptRaise): void {
    this.#collect(receipt)
    if (this.#raiseQueued) return
    this.#raiseQueued = true
    void this.#queue.add(undefined)
  }

  #collect(receipt: ReceiptRaise): void {
    const name = JSON.stringify([receipt.key, receipt.reader])
    const waiting = this.#raised.get(name)
    if (waiting) waiting.push(receipt)
    else this.#raised.set(name, [receipt])
  }

  async read(key: string, { after, before, limit, newest = false }: ReadRange): Promise<LoggedEvent[]> {
    const entries = await this.#options.storage.list(['events', key], {
      after: ['events', key, after],
      before: ['events', key, before],
      limit,
      reverse: newest,
    })
    const events = entries.map(toLoggedEvent)
    return newest ? events.reverse() : events
  }

  subscribe(listener: (group: readonly Publication[]) => void): void {
    this.#listeners.push(listener)
  }

  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async close(): Promise<void> {
    await this.idle()
    await this.#options.storage.close()
  }

  /** Never rejects: whoever asked is told by `settle`. */
  async #commit(items: readonly (AppendRequest | undefined)[]): Promise<undefined[]> {
    const requests = items.filter(item => item !== undefined)
    const raised = [...this.#raised.values()]
    this.#raised = new Map()
    this.#raiseQueued = false
    try {
      const touched = this.#touched(requests, raised)
      const group = this.#form(requests, raised, await this.#loadIndexes(touched))
      const decided = await this.#completeDuplicates(group.decided)
      await this.#write(group)
      this.#publish(group, decided, raised.flat())
      this.#indexes.settle(touched)
    } catch (cause) {
      const error = new IMError('INTERNAL', 'The server could not store the request.', { cause })
      this.#options.onError(error)
      for (const request of requests) request.settle({ ok: false, error })
      for (const receipts of raised) this.#notRaised(receipts, error)
    }
    return []
  }

  /** Whoever waits is told, and asks again; what nobody waits for goes with the next group. */
  #notRaised(receipts: readonly ReceiptRaise[], error: IMError): void {
    const forgotten = receipts.filter(({ settle }) => settle === undefined)
    const [first] = forgotten
    if (first) this.#collect({ key: first.key, reader: first.reader, positions: joined(forgotten) })
    for (const receipt of receipts) receipt.settle?.(error)
  }

  #touched(requests: readonly AppendRequest[], raised: readonly ReceiptRaise[][]): Set<string> {
    const keys = new Set<string>()
    for (const { key, from, id, creates } of requests) {
      keys.add((creates && this.#directory.createdWith(from, id)) || key)
    }
    for (const [first] of raised) if (first) keys.add(first.key)
    return keys
  }

  async #write(group: CommitGroup): Promise<void> {
    const operations = group.operations()
    if (operations.length > 0) await this.#options.storage.write(operations)
  }

  /** Nothing here throws: what follows the write cannot be taken back. */
  #publish(group: CommitGroup, decided: readonly Decided[], raised: readonly ReceiptRaise[]): void {
    const publications = group.apply()
    this.#head = group.head
    for (const { request, outcome } of decided) request.settle(outcome)
    for (const receipt of raised) receipt.settle?.()
    if (publications.length > 0) for (const listener of this.#listeners) listener(publications)
  }

  #form(
    requests: readonly AppendRequest[],
    raised: readonly ReceiptRaise[][],
    failures: ReadonlyMap<string, IMError>,
  ): CommitGroup {
    const acceptedAt = isoTime(this.#options.clock)
    const base = { directory: this.#directory, indexes: this.#indexes, failures, head: this.#head, acceptedAt }
    const group = new CommitGroup(base)
    for (const request of requests) group.take(request)
    for (const receipts of raised) {
      const [first] = receipts
      if (!first || failures.has(first.key)) continue // what cannot be read has nobody to tell
      group.raise({ key: first.key, reader: first.reader, positions: joined(receipts) })
    }
    return group
  }

  async #loadIndexes(keys: Iterable<string>): Promise<Map<string, IMError>> {
    const failures = new Map<string, IMError>()
    for (const key of keys) {
      if (this.#indexes.get(key) || !this.#directory.get(key)) continue
      try {
        await this.#indexes.load(key)
      } catch (cause) {
        failures.set(key, new IMError('INTERNAL', 'The server could not read the conversation.', { cause }))
      }
    }
    return failures
  }

  /** A repeat is answered with the original instant, which only the log knows. */
  async #completeDuplicates(decided: readonly Decided[]): Promise<readonly Decided[]> {
    if (!decided.some(needsInstant)) return decided
    return Promise.all(
      decided.map(async one => {
        if (!needsInstant(one)) return one
        const { key, seq } = one.outcome
        const [logged] = await this.read(key, { after: seq - 1, before: seq + 1, limit: 1 })
        return { ...one, outcome: { ...one.outcome, acceptedAt: logged?.event.acceptedAt ?? '' } }
      }),
    )
  }

  #loadHead({ key, value }: StorageEntry): void {
    const entry = this.#directory.get(String(key[1]))
    if (!entry) return
    const [lastSeq, lastPosition] = value as [number, number]
    entry.lastSeq = lastSeq
    entry.lastPosition = lastPosition
    this.#head = Math.max(this.#head, lastPosition)
  }

  #loadReceipt({ key, value }: StorageEntry): void {
    const { position, ...positions } = value as ReaderPosition & { position: number }
    this.#directory.get(String(key[1]))?.setReceipt(String(key[2]), { positions, position })
    this.#head = Math.max(this.#head, position)
  }

  async #loadEpoch(): Promise<string> {
    const { storage, clock, random } = this.#options
    const known = await storage.get(['state', 'epoch'])
    if (typeof known === 'string') return known
    const epoch = createUuidSource(clock, random)()
    await storage.write([{ type: 'put', key: ['state', 'epoch'], value: epoch }])
    return epoch
  }
}

function joined(receipts: readonly ReceiptRaise[]): ReaderPosition {
  return receipts.reduce<ReaderPosition>((all, { positions }) => raisedPositions(all, positions), {})
}

function toLoggedEvent({ value }: StorageEntry): LoggedEvent {
  const { position, ...event } = value as unknown as ConversationEvent & { position: number }
  return { position, event: event as ConversationEvent }
}

function needsInstant(one: Decided): one is Decided & { outcome: AppendOutcome & { ok: true } } {
  return one.outcome.ok && one.outcome.acceptedAt === ''
}
