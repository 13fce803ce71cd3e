/** The life of a client: opened by its first use, closed once, and what runs in between. */
import type { Backend, BackendMethods, BackendOptions } from './backend.ts'
import type { ConnectionState } from './connection/state.ts'
import { IMError } from './errors.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import { Emitter } from './model/emitter.ts'
import type { IMClientOptions } from './options.ts'
import { own } from './owner.ts'

/** Opens, lends and closes the backend of one client. */
export class Lifetime {
  readonly emitter: Emitter<IMClientEvents>
  readonly #options: IMClientOptions
  #backend: Promise<Backend> | undefined
  #opened: Backend | undefined
  #closing: Promise<void> | undefined
  #state: ConnectionState = { name: 'disconnected' }

  constructor(options: IMClientOptions) {
    this.#options = options
    this.emitter = new Emitter(error => this.report(error))
  }

  get state(): ConnectionState {
    return this.#state
  }

  /**
   * Calls a method of the backend; the first call opens it. While the client closes, what handlers do counts until they
   * have finished or the grace is over.
   * @throws IMError `CLIENT_CLOSED`, the codes of opening the storage
   */
  async call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown> {
    this.#requireOpen()
    this.#backend ??= this.#open()
    const backend = await this.#backend
    this.#requireOpen()
    return await backend.call(name, args)
  }

  /** Registers a handler as soon as the client is open, unless it was taken back before. A failure is an `error`. */
  register(handler: MessageHandlerFunction): () => void {
    let wanted = true
    const registered = this.call('open', []).then(() => (wanted ? this.call('handle', [handler]) : undefined))
    registered.catch(error => this.report(error))
    return () => {
      wanted = false
      registered.then(
        remove => (remove as (() => void) | undefined)?.(),
        () => {}, // it was reported when it happened
      )
    }
  }

  /** Ends everything. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown()
    return this.#closing
  }

  /** Tells of a failure that no call can be told about. */
  report(cause: unknown): void {
    const error = cause instanceof IMError ? cause : new IMError('HANDLER_FAILED', 'A listener threw.', { cause })
    this.emitter.emit('error', error)
  }

  /** A failure is not kept: a workspace that was locked may be free the next time. */
  #open(): Promise<Backend> {
    const base: BackendOptions = {
      options: this.#options,
      emitter: this.emitter,
      onState: state => {
        this.#state = state
      },
    }
    const backend = this.#options.attach ? import('./view/view.ts').then(view => view.attach(base, own)) : own(base)
    backend.then(
      opened => {
        this.#opened = opened
      },
      () => {
        this.#backend = undefined
      },
    )
    return backend
  }

  #requireOpen(): void {
    if (this.#closing && !this.#opened?.isInGrace) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
  }

  async #shutDown(): Promise<void> {
    const backend = await this.#backend?.catch(() => undefined) // whoever opened it was told
    await backend?.close()
    if (this.#state.name === 'closed') return
    this.#state = { name: 'closed' } // of a client that was never to connect
    this.emitter.emit('state', this.#state)
  }
}
