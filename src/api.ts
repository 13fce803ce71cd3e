/** What a client can do. {@link IMClient} does it itself; a view asks the owner of the workspace to. */
import type { ConnectionState } from './connection/state.ts'
import type { AskOptions, AskResult, OpenAsk, Question } from './messaging/asks.ts'
import type { ClaimedMessage } from './messaging/claim.ts'
import type { OutgoingMessage } from './messaging/composer.ts'
import type { ConversationQuery } from './messaging/conversations.ts'
import type { DeadLetter, DeadLetterQuery } from './messaging/dead-letters.ts'
import type { IMClientEvents, RecoveryReport } from './messaging/events.ts'
import type { GroupChange, NewGroup } from './messaging/groups.ts'
import type { HistoryPage } from './messaging/history.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import type { PendingEntry, PendingQuery } from './messaging/pending-list.ts'
import type { ClaimOptions } from './messaging/pending-queue.ts'
import type { Worker, WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { SearchQuery } from './messaging/search.ts'
import type { Stats } from './messaging/stats.ts'
import type { RecipientStatus } from './messaging/status.ts'
import type { WaitOptions } from './messaging/status-watch.ts'
import type { Contact } from './model/contact.ts'
import type { Conversation } from './model/conversation.ts'
import type { Listener } from './model/emitter.ts'
import type { Message, MessageStatus } from './model/message.ts'
import type { Presence } from './protocol/schemas.ts'
import type { ContactDetails } from './storage/contact-book.ts'

/** A page of a conversation, which is named by the other side's id or the group's. */
export interface HistoryQuery extends HistoryPage {
  readonly contactId?: string
  readonly conversationId?: string
}

/** A new text, and optionally new data, for a message. */
export interface MessageChange {
  readonly text: string
  readonly data?: unknown
}

/** A contact to add. */
export interface NewContact extends ContactDetails {
  readonly contactId: string
}

/**
 * An instant-messaging client for one account. Every method opens the storage by itself, so that reading and sending
 * work offline; `connect` keeps a connection from then on. What a method has resolved is stored.
 *
 * Every method rejects with an `IMError`: `CLIENT_CLOSED` after `close`, the codes of opening the storage
 * (`STORAGE_LOCKED`, `WORKSPACE_AGENT_MISMATCH`, …), those of reading and writing it, and those that it names itself.
 */
export interface IMClientApi {
  /** Where the connection stands. */
  readonly state: ConnectionState

  /** Listens to an event; the returned function takes it back. What a listener throws is reported as `error`. */
  on<Name extends keyof IMClientEvents>(name: Name, listener: Listener<IMClientEvents[Name]>): () => void

  /** Opens the storage without connecting. */
  open(): Promise<void>

  /**
   * Connects, and stays connected until `close`: there is no last attempt. Resolves when a session has caught up. Where the
   * next attempt is waited for, it is made at once.
   * @throws IMError `AUTH_FAILED`, `PROTOCOL_VERSION_UNSUPPORTED`; the signal's reason (the attempts go on then)
   */
  connect(options?: { readonly signal?: AbortSignal }): Promise<RecoveryReport>

  /**
   * Ends every timer, socket and lock; a Node process exits by itself afterwards. Safe to call twice. Handlers that run may
   * finish within `closeGraceMs` and send meanwhile; new work, and every call after that, is refused with `CLIENT_CLOSED`.
   */
  close(): Promise<void>

  /**
   * Sends a message. Resolves when it is durable in the outbox; it goes out as soon as there is a connection.
   * @throws IMError `ID_INVALID`, `MESSAGE_TOO_LARGE`, `PAYLOAD_INVALID`; `TypeError` for a wrong type
   */
  sendMessage(message: OutgoingMessage): Promise<Message>

  /**
   * Resolves when a message of one's own has come as far as this.
   * @throws IMError `WAIT_TIMEOUT`, `MESSAGE_NOT_FOUND`, the code with which the server refused it; the signal's reason
   */
  waitForStatus(messageId: string, status: MessageStatus, options?: WaitOptions): Promise<Message>

  /**
   * How far a message of one's own has come at each of its recipients: `message.status` says it of all of them together.
   * Empty until the server has accepted it. @throws IMError `MESSAGE_NOT_FOUND`
   */
  getRecipients(messageId: string): Promise<RecipientStatus[]>

  /** Changes the text of a message of one's own. @throws IMError `MESSAGE_NOT_FOUND`, `FORBIDDEN` */
  editMessage(messageId: string, change: MessageChange): Promise<void>

  /** Takes a message of one's own back. @throws IMError `MESSAGE_NOT_FOUND`, `FORBIDDEN` */
  deleteMessage(messageId: string): Promise<void>

  /** Adds a reaction to a message, or takes it back. @throws IMError `MESSAGE_NOT_FOUND` */
  react(messageId: string, reaction: string, options?: { readonly removed?: boolean }): Promise<void>

  /**
   * Handles incoming messages, those first that nobody has handled yet: one at a time in each conversation, in order.
   * A message is offered again until every handler has resolved. The returned function takes the handler back.
   */
  onMessage(handler: MessageHandlerFunction): () => void

  /** Incoming messages, as {@link onMessage} offers them: one counts as handled when the next is asked for. */
  messages(options?: { readonly signal?: AbortSignal }): AsyncGenerator<Message, void, void>

  /** What a digital employee has still to do, oldest first. Takes nothing. */
  getPendingMessages(query?: PendingQuery): Promise<Message[]>

  /** The same with what is known of the work on each: its attempts and its lease. Never the token of a lease. */
  listPending(query?: PendingQuery): Promise<PendingEntry[]>

  /** Takes work under a lease: at most one message of each conversation, its oldest. */
  claimMessages(options?: ClaimOptions): Promise<ClaimedMessage[]>

  /** Takes up a claim that was made with `renew: false`, also after a restart. @throws IMError `QUEUE_LEASE_LOST` */
  resumeClaim(token: string): Promise<ClaimedMessage>

  /**
   * Asks, and waits for the answer: what `context.reply` of the other side says, or `context.decline`. That it is awaited is
   * stored before the question is sent, so that either end may be started anew; `resumeAsk` then waits on. The answer goes
   * to whoever asked and to no handler; one that comes after it was told that the
   * question has expired is a message like any other. A
   * question with an id of your own is asked once, however often this is called.
   * @throws IMError as {@link sendMessage}; `MESSAGE_WORK_FAILED`; the server's refusal; the signal's reason
   */
  ask(question: Question): Promise<AskResult>

  /** Waits for the answer to a question that was asked before. @throws IMError `MESSAGE_NOT_FOUND`, and as {@link ask} */
  resumeAsk(id: string, options?: AskOptions): Promise<AskResult>

  /** Questions that are neither expired nor answered to whoever asked. */
  listAsks(): Promise<OpenAsk[]>

  /** Work that failed for good and messages that the server refused, the oldest first. */
  listDeadLetters(query?: DeadLetterQuery): Promise<DeadLetter[]>

  /** Tries dead letters once more: work goes back to the queue, unsent messages to the outbox. Gives how many. */
  redriveDeadLetters(query?: DeadLetterQuery): Promise<number>

  /** Throws dead letters away, for good. Gives how many. */
  purgeDeadLetters(query?: DeadLetterQuery): Promise<number>

  /** Works on the pending queue until it is stopped: claims, calls the handler, completes. */
  processPending(handler: WorkHandler, options?: WorkerOptions): Worker

  /** Messages of a conversation, oldest first: the newest 50, or the page `before` or `after` a seq. */
  getConversationHistory(query: HistoryQuery): Promise<Message[]>

  /** Messages that contain every word, newest first. Finds parts of words, and Chinese. */
  searchMessages(query: SearchQuery): Promise<Message[]>

  /**
   * Conversations, the one with the newest message first: all of them, or those that are asked for. One of which the server
   * has accepted no message yet has a `lastSeq` of 0.
   */
  listConversations(query?: ConversationQuery): Promise<Conversation[]>

  /** Marks a conversation as read, up to a seq or to its end. @throws IMError `CONVERSATION_NOT_FOUND` */
  markRead(conversationId: string, seq?: number): Promise<void>

  /** Makes a group at the server. @throws IMError `NOT_CONNECTED`, `ID_INVALID`, the server's refusal */
  createGroup(group: NewGroup): Promise<Conversation>

  /** Adds or removes members, or changes the title. @throws IMError `NOT_CONNECTED`, `CONVERSATION_NOT_FOUND` */
  updateGroup(conversationId: string, change: GroupChange): Promise<void>

  /** Adds a contact; one that is there already gets the new details. @throws IMError `ID_INVALID` */
  addContact(contact: NewContact): Promise<Contact>

  /** Changes a contact. @throws IMError `CONTACT_NOT_FOUND` */
  updateContact(contactId: string, details: ContactDetails): Promise<Contact>

  /** Removes a contact, where there is one. Its messages stay. */
  removeContact(contactId: string): Promise<void>

  /** A contact, or `undefined` where there is none. */
  getContact(contactId: string): Promise<Contact | undefined>

  /** Every contact, by id. */
  listContacts(): Promise<Contact[]>

  /**
   * Whether these accounts are online. From then on `presence` tells of every change, and of all of them on each new session;
   * empty without a connection. @throws IMError `ID_INVALID`, the server's refusal
   */
  watchPresence(agentIds: readonly string[]): Promise<Presence[]>

  /** The client's state in numbers. */
  stats(): Promise<Stats>
}
