/**
 * One group of appends and receipts: decided in order on drafts, written as one batch, applied to memory afterwards.
 * Nothing here waits, so that sequences and positions are given without interruption.
 */
import { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { WriteOperation } from '../storage/contract.ts'
import { ConversationDraft } from './conversation-draft.ts'
import type { Directory, DirectoryEntry } from './directory.ts'
import type { EventIndex } from './event-index.ts'
import type { IndexCache } from './index-cache.ts'
import { encodeMembership } from './membership.ts'
import { raisedPositions, raises, sendersConcerned } from './reader-positions.ts'
import type {
  AppendOutcome,
  AppendRequest,
  Audience,
  LoggedEvent,
  Publication,
  ReceiptRaise,
  ReceiptState,
} from './server-log.ts'

/** Event ids have at most 128 characters; this leaves room for a slash and any number. */
const DERIVED_FROM_LENGTH = 112

/** What a group stands on. */
export interface GroupBase {
  readonly directory: Directory
  readonly indexes: IndexCache
  /** Why the index of a conversation could not be built. */
  readonly failures: ReadonlyMap<string, IMError>
  readonly head: number
  readonly acceptedAt: string
}

interface AddedEvent {
  readonly draft: ConversationDraft
  readonly logged: LoggedEvent
  readonly audience: Audience
  readonly origin: object | undefined
}

interface AddedReceipt {
  readonly key: string
  readonly reader: string
  readonly state: ReceiptState
  readonly audience: Audience
}

/** A request and what became of it. A duplicate of an earlier group still lacks its `acceptedAt`. */
export interface Decided {
  readonly request: AppendRequest
  readonly outcome: AppendOutcome
}

/** A group in the making. */
export class CommitGroup {
  readonly decided: Decided[] = []
  readonly #base: GroupBase
  readonly #drafts = new Map<string, ConversationDraft>()
  readonly #creations = new Map<string, string>()
  readonly #events: AddedEvent[] = []
  readonly #receipts: AddedReceipt[] = []
  #head: number

  constructor(base: GroupBase) {
    this.#base = base
    this.#head = base.head
  }

  /** The position of the last thing in the group. */
  get head(): number {
    return this.#head
  }

  /** Decides a request. A refusal concerns nobody else. */
  take(request: AppendRequest): void {
    let outcome: AppendOutcome
    try {
      outcome = this.#append(request)
    } catch (error) {
      if (!(error instanceof IMError)) throw error
      outcome = { ok: false, error }
    }
    this.decided.push({ request, outcome })
  }

  /** Takes in how far a reader has come; nothing where it had come as far before. */
  raise({ key, reader, positions }: ReceiptRaise): void {
    const entry = this.#base.directory.get(key)
    const current = entry?.receipts.get(reader)?.positions
    if (!entry || !raises(current, positions)) return
    const joined = raisedPositions(current, positions)
    const audience = sendersConcerned(this.#indexOf(key), current, positions)
    const { members } = this.#drafts.get(key)?.membership ?? entry.membership
    for (const sender of audience) if (sender === reader || !members.has(sender)) audience.delete(sender)
    this.#receipts.push({ key, reader, state: { positions: joined, position: ++this.#head }, audience })
  }

  /** The batch that makes the group durable; empty where it changes nothing. */
  operations(): WriteOperation[] {
    const operations: WriteOperation[] = []
    for (const { draft, logged } of this.#events) {
      const { event, position } = logged
      operations.push({ type: 'put', key: ['events', draft.key, event.seq], value: { position, ...event } as Json })
    }
    for (const draft of this.#drafts.values()) this.#describe(draft, operations)
    for (const { key, reader, state } of this.#receipts) {
      const value = { position: state.position, ...state.positions }
      operations.push({ type: 'put', key: ['receipts', key, reader], value })
    }
    return operations
  }

  /** Changes the memory: the group is durable. Returns what is to be told, in the order of positions. */
  apply(): Publication[] {
    for (const draft of this.#drafts.values()) this.#settle(draft)
    const publications: Publication[] = []
    for (const { draft, logged, audience, origin } of this.#events) {
      const conversation = this.#entry(draft.key)
      publications.push({ kind: 'event', conversation, logged, audience, origin })
    }
    for (const { key, reader, state, audience } of this.#receipts) {
      const conversation = this.#entry(key)
      conversation.setReceipt(reader, state)
      publications.push({ kind: 'receipt', conversation, reader, state, audience })
    }
    return publications
  }

  #append(request: AppendRequest): AppendOutcome {
    const { from, id, after } = request
    const created = request.creates ? this.#createdWith(from, id) : undefined
    const draft = this.#draft(created ?? request.key)
    const known = draft.find(from, id)
    if (known !== undefined) return this.#duplicate(draft, known)
    if (after !== undefined && draft.find(from, after) === undefined) {
      throw new IMError('MESSAGE_OUT_OF_ORDER', 'The event that this one follows has not been accepted.')
    }
    const decision = request.decide(draft)
    const audience = this.#changeMembership(draft, request, decision.membership)
    const { acceptedAt } = this.#base
    for (const [index, body] of decision.events.entries()) {
      const stampedId = index === 0 ? id : derivedId(draft, from, id)
      const stamp = { id: stampedId, from, position: ++this.#head, acceptedAt }
      this.#events.push({ draft, logged: draft.add(body, stamp), audience, origin: request.origin })
    }
    return { ok: true, key: draft.key, seq: draft.lastSeq, acceptedAt, duplicate: false }
  }

  #changeMembership(
    draft: ConversationDraft,
    { from, id, creates }: AppendRequest,
    changed = draft.membership,
  ): Audience {
    if (!changed) throw new IMError('CONVERSATION_NOT_FOUND', 'There is no such conversation.')
    const before = draft.membership
    if (changed === before) return changed.members
    draft.setMembership(changed)
    if (creates) this.#creations.set(JSON.stringify([from, id]), draft.key)
    return new Set([...(before?.members.keys() ?? []), ...changed.members.keys()])
  }

  #duplicate(draft: ConversationDraft, seq: number): AppendOutcome {
    const acceptedAt = draft.added(seq)?.acceptedAt ?? ''
    return { ok: true, key: draft.key, seq, acceptedAt, duplicate: true }
  }

  #createdWith(from: string, id: string): string | undefined {
    return this.#creations.get(JSON.stringify([from, id])) ?? this.#base.directory.createdWith(from, id)
  }

  #draft(key: string): ConversationDraft {
    const existing = this.#drafts.get(key)
    if (existing) return existing
    const draft = new ConversationDraft(key, this.#base.directory.get(key), this.#indexOf(key))
    this.#drafts.set(key, draft)
    return draft
  }

  #indexOf(key: string): EventIndex {
    const failure = this.#base.failures.get(key)
    if (failure) throw failure
    return this.#base.indexes.get(key) ?? this.#base.indexes.create(key)
  }

  #describe(draft: ConversationDraft, operations: WriteOperation[]): void {
    const { key, lastSeq, lastPosition, changedMembership, events } = draft
    if (events.length === 0) return
    operations.push({ type: 'put', key: ['heads', key], value: [lastSeq, lastPosition] })
    if (!changedMembership) return
    operations.push({ type: 'put', key: ['conversations', key], value: encodeMembership(changedMembership) })
  }

  #settle(draft: ConversationDraft): void {
    const { key, changedMembership, events, index, lastSeq, lastPosition } = draft
    if (events.length === 0) return
    const entry = changedMembership ? this.#base.directory.put(key, changedMembership) : this.#entry(key)
    entry.lastSeq = lastSeq
    entry.lastPosition = lastPosition
    for (const { event } of events) index.add(event)
  }

  #entry(key: string): DirectoryEntry {
    const entry = this.#base.directory.get(key)
    if (!entry) throw new IMError('INTERNAL', 'A conversation was lost from memory.')
    return entry
  }
}

/** An id for a further event of a request: within the rules for ids, and one that its sender has not used yet. */
function derivedId(draft: ConversationDraft, from: string, id: string): string {
  for (let number = 2; ; number++) {
    const derived = `${id.slice(0, DERIVED_FROM_LENGTH)}/${number}`
    if (draft.find(from, derived) === undefined) return derived
  }
}
