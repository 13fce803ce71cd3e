/**
 * The seam between the server and what keeps its logs. The first implementation stands on the storage contract
 * (`storage-log.ts`); another can stand on a replicated engine, with several servers over it.
 *
 * Every event and every receipt has one position in a single growing order. An account's change feed is a view of that
 * order: everything at a later position in the conversations that it takes part in.
 */
import type { IMError } from '../errors.ts'
import type { ReaderPosition } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import type { JsonObject } from '../model/json.ts'
import type { Membership } from './membership.ts'

/** How far a reader has come, and the position of the last change of it. */
export interface ReceiptState {
  readonly positions: ReaderPosition
  readonly position: number
}

/** What the log knows of a conversation without reading it. Changes only after the write that changed it. */
export interface LoggedConversation {
  readonly key: string
  readonly membership: Membership
  readonly lastSeq: number
  readonly lastPosition: number
  readonly receipts: ReadonlyMap<string, ReceiptState>
  readonly lastReceiptPosition: number
}

/** An event with its position. Its `conversationId` is the conversation's key. */
export interface LoggedEvent {
  readonly position: number
  readonly event: ConversationEvent
}

/** What a sender decides of an event; the log stamps the rest. */
export interface EventBody {
  readonly type: ConversationEvent['type']
  readonly fields: JsonObject
}

/** A conversation as it is when a request's turn has come, the requests before it included. */
export interface ConversationView {
  /** `undefined`: nobody has written to it yet. */
  readonly membership: Membership | undefined
  readonly lastSeq: number
  /** The sequence of a message by its sender and id. */
  findMessage(from: string, id: string): number | undefined
  /** The sequence of a message by its id alone. */
  findMessageOfAnyone(id: string): number | undefined
}

/** What a request does to its conversation. */
export interface Decision {
  /** One or more; further ones get ids derived from the request's. */
  readonly events: readonly EventBody[]
  /** Where the membership changes, or the conversation begins. */
  readonly membership?: Membership
}

/** What became of a request. */
export type AppendOutcome =
  | {
      readonly ok: true
      /** The conversation that it is in: another than was asked for where a group had been created before. */
      readonly key: string
      readonly seq: number
      readonly acceptedAt: string
      readonly duplicate: boolean
    }
  | { readonly ok: false; readonly error: IMError }

/** Asks for events to be appended. */
export interface AppendRequest {
  readonly key: string
  readonly from: string
  /** With `from`, the idempotency key: a repeat has no effect and is answered as the first was. */
  readonly id: string
  /** Refused with `MESSAGE_OUT_OF_ORDER` unless this event of the same sender is in the conversation. */
  readonly after: string | undefined
  /** Where the same (from, id) begins one conversation only, whatever its key: `group.create`. */
  readonly creates?: boolean
  /** Handed through to {@link Publication}: who asked. */
  readonly origin?: object
  /** Called when the request's turn has come. Throws an IMError to refuse. */
  decide(view: ConversationView): Decision
  /** Called once, when the events are durable and before they are published; in the order of positions. */
  settle(outcome: AppendOutcome): void
}

/** Says that a reader has come further, or what became of single messages. Joins by maximum; repeats cost nothing. */
export interface ReceiptRaise {
  readonly key: string
  readonly reader: string
  readonly positions: ReaderPosition
  /** Called when it is durable; with an error where it is not. */
  settle?(error?: IMError): void
}

/** Accounts: the keys of a map, or a set. */
export interface Audience {
  keys(): Iterable<string>
}

/** Something durable, to be told to those whom it concerns. */
export type Publication =
  | {
      readonly kind: 'event'
      readonly conversation: LoggedConversation
      readonly logged: LoggedEvent
      /** Members, and those whom this very event removed. */
      readonly audience: Audience
      readonly origin: object | undefined
    }
  | {
      readonly kind: 'receipt'
      readonly conversation: LoggedConversation
      readonly reader: string
      readonly state: ReceiptState
      /** Senders of a message that it newly covers, or of which it says something new. */
      readonly audience: Audience
    }

/** Which part of a conversation to read; bounds are exclusive. */
export interface ReadRange {
  readonly after: number
  readonly before: number
  readonly limit: number
  /** Takes the upper end of the range. Events come in ascending order all the same. */
  readonly newest?: boolean
}

/** What keeps the server's logs. */
export interface ServerLog {
  /** The identity of this log's numbering. */
  readonly epoch: string
  /** The position of the last publication. */
  readonly head: number
  /** Loads what {@link LoggedConversation} holds. @throws IMError as `StorageAdapter.open` */
  open(): Promise<void>
  conversation(key: string): LoggedConversation | undefined
  /** Whether an account sent a message that is not above `upTo`; also true where only reading the log could tell. */
  mayHaveSent(key: string, from: string, upTo: number): boolean
  /** The conversations that an account takes part in, or did. */
  conversationsOf(agentId: string): Iterable<LoggedConversation>
  append(request: AppendRequest): void
  raise(receipt: ReceiptRaise): void
  /** @throws IMError a storage code */
  read(key: string, range: ReadRange): Promise<LoggedEvent[]>
  /** Tells of everything that became durable, in groups, in the order of positions. */
  subscribe(listener: (group: readonly Publication[]) => void): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  close(): Promise<void>
}
