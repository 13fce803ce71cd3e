/** The client: one object that composes the managers. It has no logic of its own; what it promises is in `api.ts`. */
import type { HistoryQuery, IMClientApi, MessageChange, NewContact } from './api.ts'
import { type Assembly, assemble } from './assembly.ts'
import { connectAndSync } from './connecting.ts'
import type { ConnectionState } from './connection/state.ts'
import { IMError } from './errors.ts'
import type { OutgoingMessage } from './messaging/composer.ts'
import { listConversations } from './messaging/conversations.ts'
import type { MessageHandlerFunction } from './messaging/dispatcher.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { GroupChange, NewGroup } from './messaging/groups.ts'
import type { ClaimOptions } from './messaging/pending-queue.ts'
import type { WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { SearchQuery } from './messaging/search.ts'
import type { WaitOptions } from './messaging/status-watch.ts'
import { Emitter, type Listener } from './model/emitter.ts'
import type { MessageStatus } from './model/message.ts'
import type { IMClientOptions } from './options.ts'
import type { ContactBook, ContactDetails } from './storage/contact-book.ts'

type OnDemand = typeof import('./on-demand.ts')

/** An instant-messaging client that owns its workspace and its connection: see {@link IMClientApi}. */
export class IMClient implements IMClientApi {
  readonly #options: IMClientOptions
  readonly #emitter: Emitter<IMClientEvents>
  #assembly: Promise<Assembly> | undefined
  #closing: Promise<void> | undefined
  #state: ConnectionState = { name: 'disconnected' }

  constructor(options: IMClientOptions) {
    this.#options = options
    this.#emitter = new Emitter(error => this.#report(error))
  }

  get state(): ConnectionState {
    return this.#state
  }
  on<Name extends keyof IMClientEvents>(name: Name, listener: Listener<IMClientEvents[Name]>) {
    return this.#emitter.on(name, listener)
  }
  open() {
    return this.#with(() => {})
  }
  connect({ signal }: { readonly signal?: AbortSignal } = {}) {
    return this.#with(assembly => connectAndSync(assembly, this.#emitter, signal))
  }
  close() {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  sendMessage(message: OutgoingMessage) {
    return this.#with(({ composer }) => composer.send(message))
  }
  waitForStatus(messageId: string, status: MessageStatus, options: WaitOptions = {}) {
    return this.#with(({ messaging }) => messaging.watch.wait(messageId, status, options))
  }
  editMessage(messageId: string, change: MessageChange) {
    return this.#onDemand((assembly, { editMessage }) => editMessage(assembly, messageId, change))
  }
  deleteMessage(messageId: string) {
    return this.#onDemand((assembly, { deleteMessage }) => deleteMessage(assembly, messageId))
  }
  react(messageId: string, reaction: string, options: { readonly removed?: boolean } = {}) {
    return this.#onDemand((assembly, { reactTo }) => reactTo(assembly, messageId, { reaction, ...options }))
  }
  onMessage(handler: MessageHandlerFunction) {
    return this.#register(({ messaging }) => messaging.work.handle(handler))
  }
  async *messages({ signal }: { readonly signal?: AbortSignal } = {}) {
    const { messageStream } = await import('./on-demand.ts')
    yield* messageStream(handler => this.onMessage(handler), signal)
  }
  getPendingMessages() {
    return this.#with(({ messaging }) => messaging.work.list())
  }
  claimMessages(options: ClaimOptions = {}) {
    return this.#with(({ messaging }) => messaging.work.claim(options))
  }
  processPending(handler: WorkHandler, options: WorkerOptions = {}) {
    const worker = this.#with(({ messaging }) => messaging.work.process(handler, options))
    worker.catch(error => this.#report(error))
    return { stop: () => worker.then(running => running.stop()) }
  }

  getConversationHistory({ contactId, conversationId = contactId, ...page }: HistoryQuery) {
    return this.#with(({ messaging }) => messaging.history.page(conversationId, page))
  }
  searchMessages(query: SearchQuery) {
    return this.#onDemand(({ messaging, workspace }, { searchMessages }) =>
      searchMessages(query, { ...messaging, workspace }),
    )
  }
  listConversations() {
    return this.#with(({ messaging }) => listConversations(messaging))
  }
  markRead(conversationId: string, seq?: number) {
    return this.#with(({ messaging }) => messaging.positions.markRead(conversationId, seq))
  }
  createGroup(group: NewGroup) {
    return this.#onDemand(({ messaging, newId }, { createGroup }) => createGroup(messaging, { id: newId(), ...group }))
  }
  updateGroup(conversationId: string, change: GroupChange) {
    return this.#onDemand(({ messaging, newId }, { updateGroup }) =>
      updateGroup(messaging, conversationId, { ...change, id: newId() }),
    )
  }
  addContact(contact: NewContact) {
    return this.#contacts(contacts => contacts.add(contact))
  }
  updateContact(contactId: string, details: ContactDetails) {
    return this.#contacts(contacts => contacts.update(contactId, details))
  }
  removeContact(contactId: string) {
    return this.#contacts(contacts => contacts.remove(contactId))
  }
  getContact(contactId: string) {
    return this.#contacts(contacts => contacts.get(contactId))
  }
  listContacts() {
    return this.#contacts(contacts => contacts.list())
  }
  stats() {
    return this.#onDemand(({ messaging }, { collectStats }) => collectStats(messaging, this.#state))
  }

  #contacts<R>(use: (contacts: ContactBook) => Promise<R>): Promise<R> {
    return this.#onDemand(({ workspace, clock }, { ContactBook }) => use(new ContactBook(workspace, clock)))
  }

  #onDemand<R>(use: (assembly: Assembly, loaded: OnDemand) => R | Promise<R>): Promise<R> {
    return this.#with(async assembly => use(assembly, await import('./on-demand.ts')))
  }

  /** Runs on the open client; the first call opens it. */
  async #with<R>(use: (assembly: Assembly) => R | Promise<R>): Promise<R> {
    if (this.#closing) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
    this.#assembly ??= this.#assemble()
    const assembly = await this.#assembly
    if (this.#closing) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
    return await use(assembly)
  }

  /** A failure is not kept: a workspace that was locked may be free the next time. */
  #assemble(): Promise<Assembly> {
    const assembly = assemble(this.#options, this.#emitter, state => {
      this.#state = state
    })
    assembly.catch(() => {
      this.#assembly = undefined
    })
    return assembly
  }

  /** Registers as soon as the client is open, unless it was taken back before. */
  #register(add: (assembly: Assembly) => Promise<() => void>): () => void {
    let wanted = true
    const registered = this.#with(async assembly => (wanted ? await add(assembly) : () => {}))
    registered.catch(error => this.#report(error))
    return () => {
      wanted = false
      registered.then(remove => remove(), ignoreReported)
    }
  }

  async #shutDown(): Promise<void> {
    const assembly = await this.#assembly?.catch(() => undefined) // whoever opened it was told
    await assembly?.close()
    this.#state = { name: 'closed' }
  }

  #report(cause: unknown): void {
    const error = cause instanceof IMError ? cause : new IMError('HANDLER_FAILED', 'A listener threw.', { cause })
    this.#emitter.emit('error', error)
  }
}

/** The one who registered was told by an event. */
function ignoreReported(): void {}
