/** One view, at the owner of its workspace. What it began with ends with it. */
import type { MethodName } from '../backend.ts'
import type { ConnectionState } from '../connection/state.ts'
import { IMError } from '../errors.ts'
import type { ClaimedMessage } from '../messaging/claim.ts'
import type { IMClientEvents } from '../messaging/events.ts'
import type { HandlerContext } from '../messaging/handler-context.ts'
import type { MessageHandlerFunction } from '../messaging/offer.ts'
import type { ClaimOptions } from '../messaging/pending-queue.ts'
import type { Worker, WorkHandler } from '../messaging/pending-worker.ts'
import type { Message } from '../model/message.ts'
import type { Port, PortEvents } from '../storage/views.ts'
import {
  CLAIM_METHODS,
  type ClaimFacts,
  isMethod,
  type OwnerCalls,
  SAYINGS,
  VIEW_VERSION,
  type ViewCalls,
  withKept,
} from './calls.ts'
import type { Shared } from './host.ts'
import { Wire } from './wire.ts'

/** See the head of this file. */
export class Guest {
  readonly #shared: Shared
  readonly #onEnd: () => void
  readonly #wire: Wire
  /** The ways to take back what was added, by its id. */
  readonly #added = new Map<number, () => unknown>()
  readonly #aborts = new Map<number, AbortController>()
  readonly #runs = new Map<number, HandlerContext>()
  readonly #claims = new Map<string, { readonly claim: ClaimedMessage; readonly isRenewed: boolean }>()
  readonly #subscriptions = new Map<keyof IMClientEvents, () => void>()
  readonly #gone = new IMError('CONNECTION_LOST', 'The view that worked on this has ended.')
  #lastRun = 0
  #isIn = false
  /** What the view was told when it was let in. */
  #toldState: ConnectionState | undefined

  constructor(shared: Shared, { port, onEnd }: { readonly port: Port; readonly onEnd: () => void }) {
    this.#shared = shared
    this.#onEnd = onEnd
    const answers: OwnerCalls = {
      attach: params => this.#attach(params),
      call: params => this.#call(params),
      abort: ({ id }) => this.#aborts.get(id)?.abort(),
      subscribe: ({ name }) => this.#subscribe(name),
      handle: ({ id }) => this.#handle(id),
      work: ({ id, options }) => this.#work(id, options),
      remove: ({ id }) => this.#remove(id),
      say: params => this.#say(params),
      claim: params => this.#onClaim(params),
    }
    const ended = { gone: this.#gone, onEnd: () => this.#end() }
    this.#wire = new Wire({ clock: shared.clock, answers: this.#guarded(answers), ...ended })
    this.#wire.attach(port)
  }

  /** What the port is to tell. */
  get events(): PortEvents {
    return this.#wire
  }

  /** Ends it from this side: the owner closes. */
  close(): void {
    this.#wire.close(this.#gone)
    this.#end()
  }

  /** Nothing is answered before the view has said for whom it asks. */
  #guarded({ attach, ...others }: OwnerCalls) {
    const entries = Object.entries(others).map(([name, answer]) => {
      const guarded = (params: never) => {
        if (!this.#isIn) throw new IMError('PROTOCOL_METHOD_UNKNOWN', 'A view attaches first.')
        return (answer as (params: never) => unknown)(params)
      }
      return [name, guarded] as const
    })
    return { attach, ...Object.fromEntries(entries) }
  }

  #attach({ version, agentId }: Parameters<OwnerCalls['attach']>[0]) {
    const { agentId: own, state } = this.#shared
    if (version !== VIEW_VERSION) {
      const message = `The owner of the workspace speaks version ${VIEW_VERSION} with its views, and this view version ${version}.`
      const details = { owner: VIEW_VERSION, view: version } // whose is lower has to be started anew
      throw new IMError('PROTOCOL_VERSION_UNSUPPORTED', message, { details })
    }
    if (agentId !== null && agentId !== own) {
      const message = `The workspace belongs to "${own}", not to "${agentId}".`
      throw new IMError('WORKSPACE_AGENT_MISMATCH', message, { details: { owner: own, agentId } })
    }
    this.#isIn = true
    this.#toldState = state()
    return this.#toldState
  }

  async #call({ id, name, args }: Parameters<OwnerCalls['call']>[0]): Promise<unknown> {
    if (!isMethod(name)) throw new IMError('PROTOCOL_METHOD_UNKNOWN', `A client has no method ${name}.`)
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    try {
      const onProgress = (news: Message) => this.#wire.notify('progress', { id, news })
      const answer = await this.#shared.backend.call(name, withKept(name, args, { signal: abort.signal, onProgress }))
      return this.#claimed(name, args, answer)
    } finally {
      this.#aborts.delete(id)
    }
  }

  #subscribe(name: keyof IMClientEvents): void {
    if (this.#subscriptions.has(name)) return
    const tell = (payload: unknown) => this.#wire.notify('event', { name, payload })
    this.#subscriptions.set(name, this.#shared.emitter.on(name, tell))
    const state = this.#shared.state()
    if (name === 'state' && state.name !== 'disconnected' && state !== this.#toldState) tell(state) // it has changed since
  }

  async #handle(id: number): Promise<void> {
    const run: MessageHandlerFunction = (message, context) => this.#run(id, message, context)
    this.#add(id, (await this.#shared.backend.call('handle', [run])) as () => void)
  }

  async #work(id: number, options: object): Promise<void> {
    const run: WorkHandler = (message, context) => this.#run(id, message, context)
    const worker = (await this.#shared.backend.call('work', [run, options])) as Worker
    this.#add(id, () => worker.stop())
  }

  /** The view may have left meanwhile. */
  #add(id: number, remove: () => unknown): void {
    void this.#remove(id) // of a view that takes one id for two
    this.#added.set(id, remove)
    if (!this.#isIn) this.#leave()
  }

  async #remove(id: number): Promise<void> {
    const remove = this.#added.get(id)
    this.#added.delete(id)
    await remove?.()
  }

  /** Has the view's handler work on a message. */
  async #run(id: number, message: Message, context: HandlerContext): Promise<void> {
    const run = ++this.#lastRun
    const { attempts, signal } = context
    const onAbort = () => this.#wire.notify('stopRun' satisfies keyof ViewCalls, { run, reason: signal.reason })
    this.#runs.set(run, context)
    signal.addEventListener('abort', onAbort)
    try {
      await this.#wire.request('run' satisfies keyof ViewCalls, { id, run, message, attempts })
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#runs.delete(run)
    }
  }

  #say({ run, method, what }: Parameters<OwnerCalls['say']>[0]): unknown {
    const context = this.#runs.get(run)
    if (!context || !SAYINGS.includes(method)) {
      throw new TypeError('The handler has ended: what it says now belongs to no message any more.')
    }
    return context[method](what as never)
  }

  /** Of claims their facts are given; they are kept here for as long as the view is there. */
  #claimed(name: MethodName, args: readonly unknown[], answer: unknown): unknown {
    const keep = (claim: ClaimedMessage, isRenewed: boolean) => this.#keep(claim, isRenewed)
    if (name === 'resumeClaim') return keep(answer as ClaimedMessage, false)
    if (name !== 'claimMessages') return answer
    const { renew = true } = (args[0] ?? {}) as ClaimOptions
    return (answer as readonly ClaimedMessage[]).map(claim => keep(claim, renew))
  }

  #keep(claim: ClaimedMessage, isRenewed: boolean): ClaimFacts {
    const { message, attempts, token, signal } = claim
    this.#claims.set(token, { claim, isRenewed })
    signal.addEventListener('abort', () => {
      this.#claims.delete(token)
      this.#wire.notify('lost' satisfies keyof ViewCalls, { token, reason: signal.reason })
    })
    if (!this.#isIn) this.#leave()
    return { message, attempts, token }
  }

  async #onClaim({ token, method, args }: Parameters<OwnerCalls['claim']>[0]): Promise<void> {
    const kept = this.#claims.get(token)
    if (!kept || !CLAIM_METHODS.includes(method)) {
      throw new IMError('QUEUE_LEASE_LOST', 'The lease on this message does not hold any more.')
    }
    await (kept.claim[method] as (...args: readonly unknown[]) => Promise<void>)(...args)
    if (method !== 'extend') this.#claims.delete(token)
  }

  #end(): void {
    this.#leave()
    this.#onEnd()
  }

  /** The view is gone. Claims that it had to hold by itself are free for others; its handlers are not asked any more. */
  #leave(): void {
    this.#isIn = false
    for (const unsubscribe of this.#subscriptions.values()) unsubscribe()
    for (const abort of this.#aborts.values()) abort.abort(new IMError('CLIENT_CLOSED', 'The view has ended.'))
    for (const id of [...this.#added.keys()]) void this.#remove(id)
    for (const { claim, isRenewed } of this.#claims.values()) if (isRenewed) claim.release().catch(() => {}) // its lease ends by itself
    this.#claims.clear()
  }
}
