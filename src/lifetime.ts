/** The life of a client: opened by its first use, closed once, and what runs in between. */
import type { IMClientApi } from './api.ts'
import { type Assembly, assemble } from './assembly.ts'
import type { ConnectionState } from './connection/state.ts'
import { IMError } from './errors.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { Work } from './messaging/work.ts'
import { Emitter } from './model/emitter.ts'
import type { IMClientOptions } from './options.ts'

/** What is loaded when it is first asked for. */
export type OnDemandName = Exclude<keyof typeof import('./on-demand.ts'), 'messageStream'>

type ResultOf<Name extends OnDemandName> = ReturnType<IMClientApi[Name]>

/** Functions that do what the client promises under their names, on its parts. */
type Methods = {
  readonly [Name in OnDemandName]: (
    assembly: Assembly,
    ...args: Parameters<IMClientApi[Name]>
  ) => ResultOf<Name> | Awaited<ResultOf<Name>>
}

/** Opens, lends and closes the parts of one client. */
export class Lifetime {
  readonly emitter: Emitter<IMClientEvents>
  readonly #options: IMClientOptions
  #methods: Methods | undefined
  #assembly: Promise<Assembly> | undefined
  #opened: Assembly | undefined
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
   * Runs on the open client; the first call opens it. While the client closes, what handlers do counts until they have
   * finished or the grace is over.
   * @throws IMError `CLIENT_CLOSED`, the codes of opening the storage
   */
  async use<R>(task: (assembly: Assembly) => R | Promise<R>): Promise<R> {
    this.#requireOpen()
    this.#assembly ??= this.#assemble()
    const assembly = await this.#assembly
    this.#requireOpen()
    return await task(assembly)
  }

  /** As {@link use}, with what does the work on messages. */
  work<R>(task: (work: Work) => R | Promise<R>): Promise<R> {
    return this.use(({ messaging }) => messaging.work(task))
  }

  /** Asks what is loaded on demand for what it does under this name. */
  ask(name: OnDemandName, args: readonly unknown[]): Promise<unknown> {
    return this.use(async assembly => {
      this.#methods ??= await import('./on-demand.ts')
      const method = this.#methods[name] as (assembly: Assembly, ...args: readonly unknown[]) => unknown
      return method(assembly, ...args)
    })
  }

  /** Registers something as soon as the client is open, unless it was taken back before. A failure is an `error`. */
  register(add: (work: Work) => Promise<() => void>): () => void {
    let wanted = true
    const registered = this.work<() => void>(work => (wanted ? add(work) : () => {}))
    registered.catch(error => this.report(error))
    return () => {
      wanted = false
      registered.then(
        remove => remove(),
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
  #assemble(): Promise<Assembly> {
    const assembly = assemble(this.#options, this.emitter, state => {
      this.#state = state
    })
    assembly.then(
      opened => {
        this.#opened = opened
      },
      () => {
        this.#assembly = undefined
      },
    )
    return assembly
  }

  #requireOpen(): void {
    if (this.#closing && !this.#opened?.messaging.isInGrace)
      throw new IMError('CLIENT_CLOSED', 'The client was closed.')
  }

  async #shutDown(): Promise<void> {
    const assembly = await this.#assembly?.catch(() => undefined) // whoever opened it was told
    await assembly?.close()
    if (this.#state.name === 'closed') return
    this.#state = { name: 'closed' } // of a client that was never to connect
    this.emitter.emit('state', this.#state)
  }
}
