/** The client: one object that composes the managers. It has no logic of its own; what it promises is in `api.ts`. */
import type { HistoryQuery, IMClientApi, MessageChange, NewContact } from './api.ts'
import { connectAndSync } from './connecting.ts'
import type { ConnectionState } from './connection/state.ts'
import { Lifetime } from './lifetime.ts'
import type { OutgoingMessage } from './messaging/composer.ts'
import type { MessageHandlerFunction } from './messaging/dispatcher.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { GroupChange, NewGroup } from './messaging/groups.ts'
import type { ClaimOptions } from './messaging/pending-queue.ts'
import type { WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { SearchQuery } from './messaging/search.ts'
import type { WaitOptions } from './messaging/status-watch.ts'
import type { Listener } from './model/emitter.ts'
import type { MessageStatus } from './model/message.ts'
import type { IMClientOptions } from './options.ts'
import type { ContactDetails } from './storage/contact-book.ts'

/** An instant-messaging client that owns its workspace and its connection: see {@link IMClientApi}. */
export class IMClient implements IMClientApi {
  readonly #life: Lifetime

  constructor(options: IMClientOptions) {
    this.#life = new Lifetime(options)
  }

  get state(): ConnectionState {
    return this.#life.state
  }
  on<Name extends keyof IMClientEvents>(name: Name, listener: Listener<IMClientEvents[Name]>) {
    return this.#life.emitter.on(name, listener)
  }
  open() {
    return this.#life.use(() => {})
  }
  connect({ signal }: { readonly signal?: AbortSignal } = {}) {
    return this.#life.use(assembly => connectAndSync(assembly, this.#life.emitter, signal))
  }
  close() {
    return this.#life.close()
  }

  sendMessage(message: OutgoingMessage) {
    return this.#life.use(({ composer }) => composer.send(message))
  }
  waitForStatus(messageId: string, status: MessageStatus, options: WaitOptions = {}) {
    return this.#life.work(work => work.wait(messageId, status, options))
  }
  editMessage(messageId: string, change: MessageChange) {
    return this.#life.ask('editMessage', messageId, change)
  }
  deleteMessage(messageId: string) {
    return this.#life.ask('deleteMessage', messageId)
  }
  react(messageId: string, reaction: string, options: { readonly removed?: boolean } = {}) {
    return this.#life.ask('react', messageId, { reaction, ...options })
  }
  onMessage(handler: MessageHandlerFunction) {
    return this.#life.register(work => work.handle(handler))
  }
  async *messages({ signal }: { readonly signal?: AbortSignal } = {}) {
    const { messageStream } = await import('./on-demand.ts')
    yield* messageStream(this, signal)
  }
  getPendingMessages() {
    return this.#life.work(work => work.list())
  }
  claimMessages(options: ClaimOptions = {}) {
    return this.#life.work(work => work.claim(options))
  }
  processPending(handler: WorkHandler, options: WorkerOptions = {}) {
    const worker = this.#life.work(work => work.process(handler, options))
    worker.catch(error => this.#life.report(error))
    return { stop: () => worker.then(running => running.stop()) }
  }

  getConversationHistory({ contactId, conversationId = contactId, ...page }: HistoryQuery) {
    return this.#life.work(({ history }) => history.page(conversationId, page))
  }
  searchMessages(query: SearchQuery) {
    return this.#life.ask('searchMessages', query)
  }
  listConversations() {
    return this.#life.ask('listConversations')
  }
  markRead(conversationId: string, seq?: number) {
    return this.#life.ask('markRead', conversationId, seq)
  }
  createGroup(group: NewGroup) {
    return this.#life.ask('createGroup', group)
  }
  updateGroup(conversationId: string, change: GroupChange) {
    return this.#life.ask('updateGroup', conversationId, change)
  }
  addContact(contact: NewContact) {
    return this.#life.ask('addContact', contact)
  }
  updateContact(contactId: string, details: ContactDetails) {
    return this.#life.ask('updateContact', contactId, details)
  }
  removeContact(contactId: string) {
    return this.#life.ask('removeContact', contactId)
  }
  getContact(contactId: string) {
    return this.#life.ask('getContact', contactId)
  }
  listContacts() {
    return this.#life.ask('listContacts')
  }
  stats() {
    return this.#life.ask('stats', () => this.#life.state)
  }
}
