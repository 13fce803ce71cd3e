/** What the client tells those who listen. */
import type { ConnectionState } from '../connection/state.ts'
import type { IMError } from '../errors.ts'
import type { Gap } from '../model/conversation.ts'
import type { Message } from '../model/message.ts'
import type { Presence, Receipt } from '../protocol/schemas.ts'
import type { StorageRepair } from '../storage/contract.ts'

/**
 * What a new session brought back. `recovered`: everything, without a hole. `partial`: the sequences named are still
 * being fetched. `reset`: the server's numbering is new; what it has is being fetched.
 */
export type RecoveryReport =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'partial'; readonly gaps: readonly ConversationGaps[] }
  | { readonly kind: 'reset'; readonly epoch: string; readonly gaps: readonly ConversationGaps[] }

/** Sequences that a conversation is missing here. */
export interface ConversationGaps {
  readonly conversationId: string
  readonly gaps: readonly Gap[]
}

/** How many messages wait for a digital employee, and whether its senders are asked to come back later. */
export interface QueueLevel {
  readonly depth: number
  readonly limit: number
  readonly full: boolean
}

/** A message that the loop guard has held back. It is among the dead letters, from where it can be redriven. */
export interface HeldMessage {
  readonly messageId: string
  readonly conversationId: string
  /**
   * `budget`: agents have said too much to each other within a short time. `hop`: the chain of messages that programs wrote is
   * too long. `receipt`: it answers what needs no answer.
   */
  readonly rule: 'budget' | 'hop' | 'receipt'
  /** When it goes on by itself, ISO 8601; absent where it does not. */
  readonly until?: string
}

/** How far a reader has come: each of its sequences covers everything below it, down to `above`. */
export interface ReaderReceipt extends Receipt {
  /** It says nothing of this sequence and those below it: they were given by a server that was lost. 0 where none was. */
  readonly above: number
}

/** What has changed of what a program can read. */
export interface Change {
  /** Conversations whose messages, whose record or whose read positions have changed. */
  readonly conversations: readonly string[]
  readonly contacts: boolean
  /** Whether the pending queue has changed. */
  readonly queue: boolean
  /** Whether dead letters may have changed: sending again under an id of one's own would take one of this id away. */
  readonly deadLetters: boolean
}

/** Events by name. */
export interface IMClientEvents {
  /** The connection changed. */
  state: ConnectionState
  /** A message of another account was stored. For work use `onMessage`, which offers a message again until it was handled. */
  message: Message
  /** One of this client's own messages changed its status by itself: it was accepted, or it failed. */
  status: Message
  /** A reader has come further. */
  receipt: ReaderReceipt
  /**
   * Something that a program can read has changed, and can be read as it is now: once for everything that was written
   * together. A view is told of everything when it has found a new owner: it may have missed something.
   */
  change: Change
  /** A conversation's missing sequences changed; an empty list says that none is left. */
  gap: ConversationGaps
  presence: Presence
  /** The pending queue has reached its limit, or has fallen well below it again. */
  queue: QueueLevel
  /** The loop guard has held a message back that a program sent by itself. */
  guard: HeldMessage
  /** A new session has caught up with the server. */
  synced: RecoveryReport
  /** Stored data was found damaged and was healed. */
  repair: StorageRepair
  /** Something failed that no call can be told about. */
  error: IMError
}
