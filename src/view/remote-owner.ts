/** The owner of the workspace, as a view sees it: does what a client does by asking for it. */
import type { BackendMethods, MethodName } from '../backend.ts'
import type { ConnectionState } from '../connection/state.ts'
import { IMError } from '../errors.ts'
import type { IMClientEvents } from '../messaging/events.ts'
import type { MessageHandlerFunction } from '../messaging/offer.ts'
import type { Worker, WorkerOptions, WorkHandler } from '../messaging/pending-worker.ts'
import { type Clock, within } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { Message } from '../model/message.ts'
import type { Port, Views } from '../storage/views.ts'
import { type ClaimFacts, type OwnerCalls, VIEW_VERSION, type ViewCalls, withoutKept } from './calls.ts'
import { RemoteClaim } from './remote-claim.ts'
import { Runs } from './runs.ts'
import type { Seat } from './tenure.ts'
import { Wire } from './wire.ts'

/** How long an owner may take to let a view in, in milliseconds: it may be busy, and it may be stopped. */
const ATTACH_TIMEOUT_MS = 10_000

/** Every event of a client. */
const EVENTS = Object.keys({
  state: true,
  message: true,
  status: true,
  receipt: true,
  change: true,
  gap: true,
  presence: true,
  queue: true,
  guard: true,
  synced: true,
  repair: true,
  error: true,
} satisfies Record<keyof IMClientEvents, true>) as (keyof IMClientEvents)[]

/** What a view works with. */
export interface RemoteOwnerOptions {
  readonly agentId: string | undefined
  readonly clock: Clock
  readonly emitter: Emitter<IMClientEvents>
  readonly onState: (state: ConnectionState) => void
  /** How long handlers that run may go on once the view closes, in milliseconds. */
  readonly closeGraceMs: number
  readonly onLost: () => void
}

/** See the head of this file. Everything rejects with {@link lost} once the owner is gone. */
export class RemoteOwner implements Seat {
  /** Why calls that were under way when the owner ended have no answer. They may be made again. */
  readonly lost = new IMError('CONNECTION_LOST', 'The process that owns the workspace has ended.')
  readonly #options: RemoteOwnerOptions
  readonly #wire: Wire
  readonly #runs = new Runs(params => this.#ask('say', params))
  readonly #claims = new Map<string, RemoteClaim>()
  readonly #news = new Map<number, (news: Message) => void>()
  #lastId = 0
  #inGrace = false
  #isGone = false

  constructor(options: RemoteOwnerOptions) {
    this.#options = options
    const answers: ViewCalls = {
      run: params => this.#runs.run(params),
      stopRun: ({ run, reason }) => this.#runs.stop(run, reason),
      lost: ({ token, reason }) => this.#lose(token, reason),
      progress: ({ id, news }) => this.#news.get(id)?.(news),
      event: ({ name, payload }) => this.#emit(name, payload),
    }
    this.#wire = new Wire({ clock: options.clock, answers: { ...answers }, gone: this.lost, onEnd: () => this.#end() })
  }

  /**
   * Reaches the owner and is let in; says whether there is one.
   * @throws IMError `WORKSPACE_AGENT_MISMATCH`, `CONNECTION_TIMEOUT`, {@link lost}
   */
  async attach(views: Views): Promise<boolean> {
    const port: Port | undefined = await views.connect(this.#wire)
    if (!port) return false
    this.#wire.attach(port)
    const { agentId = null } = this.#options
    try {
      const params = { version: VIEW_VERSION, agentId }
      const state = (await this.#ask('attach', params, ATTACH_TIMEOUT_MS)) as ConnectionState
      this.#emit('state', state)
      return true
    } catch (error) {
      this.#wire.close(this.lost)
      throw error
    }
  }

  /** Whether the owner has ended. */
  get isGone(): boolean {
    return this.#isGone
  }

  get isInGrace(): boolean {
    return this.#inGrace && this.#runs.isBusy
  }

  /** Waits no longer to be let in. */
  giveUp(): void {
    this.#wire.close(new IMError('CLIENT_CLOSED', 'The client was closed.'))
  }

  /** Is told from now on of what somebody listens to, and of the connection. */
  subscribeAll(): void {
    for (const name of EVENTS) if (name === 'state' || this.#options.emitter.isHeard(name)) this.subscribe(name)
  }

  /** Is told of an event from now on. */
  subscribe(name: keyof IMClientEvents): void {
    this.#wire.notify('subscribe' satisfies keyof OwnerCalls, { name })
  }

  call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown> {
    if (name === 'handle') return this.#handle(...(args as [MessageHandlerFunction]))
    if (name === 'work') return this.#work(...(args as [WorkHandler, WorkerOptions]))
    return this.#call(name, args)
  }

  async close(): Promise<void> {
    const closed = new IMError('CLIENT_CLOSED', 'The client was closed.')
    for (const id of this.#runs.finish(closed)) this.#ask('remove', { id }).catch(() => {}) // gone, and they with it
    this.#inGrace = true
    if (this.#runs.isBusy) await this.#finished()
    this.#inGrace = false
    this.#runs.stopAll(closed)
    this.#wire.close(closed)
  }

  /** Resolves when what runs has ended and the owner knows it, or when the grace is over. */
  async #finished(): Promise<void> {
    const { clock, closeGraceMs } = this.#options
    const told = this.#runs.idle().then(() => this.#wire.pulse())
    await within(
      closeGraceMs,
      clock,
      told.catch(() => {}),
    ) // gone, and what runs with it
  }

  async #call(name: MethodName, given: readonly unknown[]): Promise<unknown> {
    const { args, kept } = withoutKept(name, given)
    const { signal, onProgress } = kept
    signal?.throwIfAborted()
    const id = ++this.#lastId
    let giveUp = (_reason: unknown) => {}
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = reason => {
        this.#ask('abort', { id }).catch(() => {}) // gone, and the call with it
        reject(reason)
      }
    })
    const onAbort = () => giveUp(signal?.reason)
    signal?.addEventListener('abort', onAbort)
    if (onProgress) this.#news.set(id, news => attempt(() => onProgress(news), giveUp))
    try {
      return this.#claimed(name, await Promise.race([this.#ask('call', { id, name, args }), givenUp]))
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#news.delete(id)
    }
  }

  async #handle(handler: MessageHandlerFunction): Promise<() => void> {
    const id = ++this.#lastId
    this.#runs.addHandler(id, handler)
    await this.#ask('handle', { id })
    return () => {
      this.#runs.delete(id)
      this.#ask('remove', { id }).catch(() => {}) // gone, and the handler with it
    }
  }

  async #work(handler: WorkHandler, options: WorkerOptions): Promise<Worker> {
    const id = ++this.#lastId
    this.#runs.addWorker(id, handler)
    await this.#ask('work', { id, options })
    return { stop: () => this.#stopWork(id) }
  }

  async #stopWork(id: number): Promise<void> {
    try {
      await this.#ask('remove', { id })
    } catch (error) {
      if (error !== this.lost) throw error // gone, and the work with it
    }
    this.#runs.delete(id)
  }

  #ask<Name extends keyof OwnerCalls>(
    name: Name,
    params: Parameters<OwnerCalls[Name]>[0],
    timeoutMs?: number,
  ): Promise<unknown> {
    return this.#wire.request(name, params, timeoutMs)
  }

  /** Claims come as their facts. */
  #claimed(name: MethodName, answer: unknown): unknown {
    if (name === 'resumeClaim') return this.#take(answer as ClaimFacts)
    return name === 'claimMessages' ? (answer as readonly ClaimFacts[]).map(facts => this.#take(facts)) : answer
  }

  #take(facts: ClaimFacts): RemoteClaim {
    const { token } = facts
    const claim = new RemoteClaim(facts, async (method, args) => {
      await this.#ask('claim', { token, method, args })
      if (method !== 'extend') this.#claims.delete(token)
    })
    this.#claims.set(token, claim)
    return claim
  }

  #lose(token: string, reason: unknown): void {
    this.#claims.get(token)?.lose(reason)
    this.#claims.delete(token)
  }

  #emit<Name extends keyof IMClientEvents>(name: Name, payload: IMClientEvents[Name]): void {
    if (name === 'state') this.#options.onState(payload as ConnectionState)
    this.#options.emitter.emit(name, payload)
  }

  #end(): void {
    this.#isGone = true
    this.#runs.stopAll(this.lost)
    for (const claim of this.#claims.values()) claim.lose(this.lost)
    this.#options.onLost()
  }
}

function attempt(task: () => void, onThrow: (error: unknown) => void): void {
  try {
    task()
  } catch (error) {
    onThrow(error)
  }
}
