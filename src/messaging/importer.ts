/**
 * Brings messages from elsewhere into a workspace that no client has open. An imported conversation is a log like any
 * other, and nothing in it is unread or to be handled. Its numbers lie below those of a server (`epochBase`), so that a
 * conversation of the same id can begin there later without a clash.
 */
import * as v from 'valibot'
import { IMError } from '../errors.ts'
import { systemClock, systemRandom } from '../model/clock.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import { messageEventSchema, type StoredMessage } from '../model/event.ts'
import { createUuidSource } from '../model/id.ts'
import type { StorageAdapter, StorageRepair } from '../storage/contract.ts'
import { historyOf } from '../storage/history-store.ts'
import { Workspace } from '../storage/workspace.ts'
import { MAX_TEXT_LENGTH } from './composer.ts'
import { newConversation } from './records.ts'

/** A message from elsewhere. It keeps its id, so that a second import recognises it. */
export interface ImportedMessage {
  readonly id: string
  readonly conversationId: string
  readonly from: string
  readonly text: string
  /** When it was sent, ISO 8601. Its place in the conversation is its place in the import. */
  readonly at: string
  readonly replyTo?: string
}

/** What became of a batch. */
export interface ImportReport {
  /** Messages that are stored now and were not before. */
  readonly added: number
  /** Messages that were there already. */
  readonly known: number
  /** Messages that cannot be stored, by their place in the batch, and why. */
  readonly refused: readonly { readonly index: number; readonly error: IMError }[]
}

/** What an importer needs to know beside the storage. */
export interface ImporterOptions {
  /** By default the account that the workspace belongs to. */
  readonly agentId?: string
  readonly onRepair?: (repair: StorageRepair) => void
  readonly onDamage?: (error: IMError) => void
}

/** A conversation that messages are brought into. */
interface Target {
  record: ConversationRecord
  readonly participants: Set<string>
  /** Senders and ids of its messages. */
  readonly names: Set<string>
}

/** Writes batches of messages, each in one atomic write. Memory grows with the number of messages, not with their texts. */
export class Importer {
  readonly #workspace: Workspace
  readonly #targets = new Map<string, Target>()
  #agentId = ''

  constructor(storage: StorageAdapter, { onRepair = ignore, onDamage = ignore, ...options }: ImporterOptions = {}) {
    const newDeviceId = createUuidSource(systemClock, systemRandom)
    this.#workspace = new Workspace(storage, { ...options, newDeviceId, onRepair, onDamage })
  }

  /** Opens the workspace. @throws IMError as `IMClient.open`; `TypeError` for a new workspace without an `agentId` */
  async open(): Promise<void> {
    this.#agentId = (await this.#workspace.open()).agentId
  }

  /**
   * Stores a batch, in its order. Resolves when it is durable. A message that does not fit is left out and reported:
   * `MESSAGE_INVALID`, `MESSAGE_TOO_LARGE`, `FORBIDDEN` where a server numbers the conversation already.
   * Batches are added one after the other.
   * @throws IMError those of reading and writing the storage: nothing of the batch is stored then
   */
  async add(batch: readonly ImportedMessage[]): Promise<ImportReport> {
    const events: StoredMessage[] = []
    const refused: { index: number; error: IMError }[] = []
    for (const [index, message] of batch.entries()) {
      try {
        const event = await this.#take(readMessage(message))
        if (event) events.push(event)
      } catch (cause) {
        if (!(cause instanceof IMError) || cause.code.startsWith('STORAGE_')) throw this.#forget(cause)
        refused.push({ index, error: cause })
      }
    }
    await this.#write(events)
    return { added: events.length, known: batch.length - events.length - refused.length, refused }
  }

  /** Gives the workspace up. */
  close(): Promise<void> {
    return this.#workspace.storage.close()
  }

  /** The message with its place in its conversation, or `undefined` where it is there already. */
  async #take(message: StoredMessage): Promise<StoredMessage | undefined> {
    const target = await this.#target(message.conversationId)
    const name = nameOf(message)
    if (target.names.has(name)) return undefined
    const { lastSeq, epochBase = 0, lastMessageAt = '' } = target.record
    if (lastSeq > epochBase) {
      throw new IMError('FORBIDDEN', 'The messages of this conversation are numbered by a server.')
    }
    const seq = lastSeq + 1
    target.names.add(name)
    target.participants.add(message.from)
    target.record = {
      ...target.record,
      lastSeq: seq,
      epochBase: seq,
      processedSeq: seq,
      lastMessageAt: later(message.acceptedAt, lastMessageAt),
    }
    return { ...message, seq }
  }

  /** A conversation as it is stored, with what this import added. */
  async #target(conversationId: string): Promise<Target> {
    const seen = this.#targets.get(conversationId)
    if (seen) return seen
    const stored = await this.#workspace.conversations.get(conversationId)
    const names = new Set<string>()
    for await (const page of historyOf(this.#workspace).pages(conversationId)) {
      for (const event of page) names.add(nameOf(event))
    }
    const record = stored ?? emptyConversation(conversationId, this.#agentId)
    const target = { record, participants: new Set(record.participants), names }
    this.#targets.set(conversationId, target)
    return target
  }

  async #write(events: readonly StoredMessage[]): Promise<void> {
    const { conversations, storage } = this.#workspace
    const touched = new Set(events.map(event => event.conversationId))
    const targets = [...this.#targets].filter(([conversationId]) => touched.has(conversationId))
    const records = targets.map(([id, { record, participants }]) =>
      conversations.put({ ...record, participants: [...participants] }, id),
    )
    if (events.length === 0) return
    try {
      await storage.write([...events.map(event => this.#workspace.putEvent(event)), ...records])
    } catch (cause) {
      throw this.#forget(cause)
    }
  }

  /** After a failure memory may be ahead of the storage: it is read anew. */
  #forget(cause: unknown): unknown {
    this.#targets.clear()
    return cause
  }
}

/** The message as it is stored, but for its number. @throws IMError as {@link Importer.add} */
function readMessage({ id, conversationId, from, text, at, replyTo }: ImportedMessage): StoredMessage {
  const answered = replyTo === undefined ? {} : { replyTo }
  const stamp = { id, conversationId, seq: 1, from, acceptedAt: at }
  const event = { type: 'message', ...stamp, to: conversationId, text, sentAt: at, ...answered }
  const result = v.safeParse(messageEventSchema, event, { abortEarly: true })
  if (!result.success) {
    const path = NAMES[v.getDotPath(result.issues[0]) ?? ''] ?? v.getDotPath(result.issues[0])
    throw new IMError('MESSAGE_INVALID', `The message has no valid "${path}".`, { details: { path } })
  }
  if (text.length <= MAX_TEXT_LENGTH) return result.output
  throw new IMError('MESSAGE_TOO_LARGE', `The text has ${text.length} characters; ${MAX_TEXT_LENGTH} are allowed.`)
}

/** What a message from elsewhere calls a field of an event. */
const NAMES: Readonly<Record<string, string>> = { acceptedAt: 'at', sentAt: 'at', to: 'conversationId' }

function emptyConversation(conversationId: string, agentId: string): ConversationRecord {
  return { ...newConversation(conversationId, agentId), kind: 'group', title: conversationId, participants: [] }
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

/** Senders choose ids, so that two may choose the same. No account has a line end in its name. */
function nameOf({ from, id }: { readonly from: string; readonly id: string }): string {
  return `${from}\n${id}`
}

function ignore(): void {
  // whoever opens the workspace with a client is told
}
