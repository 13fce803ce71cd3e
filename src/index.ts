/** The public face of `im-client`: the client, its types, and the contracts that adapters stand on. */

export type { HistoryQuery, IMClientApi, MessageChange, NewContact } from './api.ts'
export { IMClient } from './client.ts'
export type {
  LinkConnection,
  LinkCredentials,
  LinkEnd,
  LinkEvents,
  LinkGuarantees,
  LinkSession,
  ServerLink,
  SessionHandler,
} from './connection/link.ts'
export type { OpenSocket, Socket, SocketEvents } from './connection/socket.ts'
export type { ConnectionState } from './connection/state.ts'
export type { TokenSource } from './connection/token.ts'
export { IM_ERROR_CODES } from './error-codes.ts'
export { IMError, type IMErrorCode, type IMErrorOptions } from './errors.ts'
export type { AskOptions, AskResult, OpenAsk, Question } from './messaging/asks.ts'
export type { ClaimedMessage, ClaimTimes } from './messaging/claim.ts'
export { MAX_TEXT_LENGTH, type OutgoingMessage } from './messaging/composer.ts'
export type { ConversationQuery } from './messaging/conversations.ts'
export type { DeadLetter, DeadLetterQuery } from './messaging/dead-letters.ts'
export type {
  Change,
  ConversationGaps,
  HeldMessage,
  IMClientEvents,
  QueueLevel,
  ReaderReceipt,
  RecoveryReport,
} from './messaging/events.ts'
export type { GroupChange, NewGroup } from './messaging/groups.ts'
export type { GuardOptions } from './messaging/guard.ts'
export type { HandlerContext, Reply } from './messaging/handler-context.ts'
export type { HistoryPage } from './messaging/history.ts'
export { type ImportedMessage, Importer, type ImporterOptions, type ImportReport } from './messaging/importer.ts'
export type { MessageHandlerFunction } from './messaging/offer.ts'
export type { PendingEntry, PendingQuery } from './messaging/pending-list.ts'
export type { ClaimOptions } from './messaging/pending-queue.ts'
export type { Worker, WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
export type { SearchQuery } from './messaging/search.ts'
export type { Stats } from './messaging/stats.ts'
export type { RecipientStatus } from './messaging/status.ts'
export type { WaitOptions } from './messaging/status-watch.ts'
export { type Clock, isoTime, type Random, systemClock, systemRandom } from './model/clock.ts'
export type { Contact } from './model/contact.ts'
export type { Conversation, ConversationRecord, Gap, Outcome, ReaderPosition } from './model/conversation.ts'
export type { Listener } from './model/emitter.ts'
export type { ConversationEvent, Importance, StoredMessage } from './model/event.ts'
export { isId } from './model/id.ts'
export type { Json, JsonObject } from './model/json.ts'
export { type Message, type MessageStatus, STATUS_LADDER } from './model/message.ts'
export type { IMClientOptions } from './options.ts'
export type { AppendResult, Cursor, Limits, Presence, Receipt } from './protocol/schemas.ts'
export { ENDPOINT_PATH, PROTOCOL_VERSIONS, SUBPROTOCOL } from './protocol/version.ts'
export { CommitQueue } from './storage/commit-queue.ts'
export type { ContactDetails } from './storage/contact-book.ts'
export type {
  Durability,
  Key,
  KeyPart,
  ListOptions,
  OpenOptions,
  StorageAdapter,
  StorageEntry,
  StorageRepair,
  WriteOperation,
} from './storage/contract.ts'
export { Journal, type JournalMedium, type JournalOptions, type JournalPlaces } from './storage/journal.ts'
export { compareKeys, hasPrefix, isWithin, keyText, requireKey } from './storage/key.ts'
export { type MemoryDisk, memoryDisk, memoryStorage } from './storage/memory-storage.ts'
export { type EncodedOperation, encodeOperation } from './storage/operation.ts'
export { encodeValue, SortedMap } from './storage/sorted-map.ts'
export type { Port, PortEvents, Views } from './storage/views.ts'
// For adapters that let in views that are not trusted; no client loads it.
export { errorFrame, type Frame, type FrameId, readFrame, resultFrame } from './view/frames.ts'
export { type Crossing, Gate, type GateEnd, type GateLimits, type GateOptions, type GateRules } from './view/gate.ts'
