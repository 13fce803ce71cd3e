/**
 * A view of a workspace: asks whoever owns it, takes its place when it is gone, and is a view again when another has taken
 * its own. What was under way is asked again at the next owner, under the same ids, and what was registered is registered
 * there.
 */
import type { Backend, BackendMethods, BackendOptions } from '../backend.ts'
import type { ConnectionState } from '../connection/state.ts'
import { asIMError, IMError } from '../errors.ts'
import type { Worker } from '../messaging/pending-worker.ts'
import { systemClock, systemRandom } from '../model/clock.ts'
import type { Conversation } from '../model/conversation.ts'
import { createUuidSource, type UuidSource } from '../model/id.ts'
import type { Views } from '../storage/views.ts'
import { Registration } from './registration.ts'
import { RemoteOwner } from './remote-owner.ts'
import { type Own, type Seat, Tenure } from './tenure.ts'

/** Between two tries to find or to become the owner, in milliseconds; half of it is chance, so that views do not race for ever. */
const RETRY_MS = 60

/** The same, where it was tried for long and in vain: somebody may own the workspace whom this must not disturb. */
const MAX_RETRY_MS = 1_000

/** For how long a workspace may seem to be neither free nor somebody's, in milliseconds: an owner opens it, or closes it. */
const LOCKED_MS = 10_000

/** One of two programs is too old for the other: it has to be started anew, as a page by being reloaded. */
const FINAL: readonly string[] = [
  'PROTOCOL_VERSION_UNSUPPORTED',
  'WORKSPACE_FORMAT_UNSUPPORTED',
  'WORKSPACE_AGENT_MISMATCH',
]

/** What a view stands on. */
interface ViewOptions extends BackendOptions {
  readonly views: Views
  readonly own: Own
}

/**
 * What attaches to the owner of a workspace, or becomes it, with its first call: it can be closed while it still waits for
 * that. Where no storage of several programs is given, its owner.
 */
export async function attach(base: BackendOptions, own: Own): Promise<Backend> {
  const { views } = base.options.storage
  return views ? new View({ ...base, views, own }) : own(base)
}

/** See the head of this file. */
class View implements Backend {
  readonly #options: ViewOptions
  readonly #newId: UuidSource
  readonly #registrations = new Set<Registration>()
  #seat: Promise<Seat> | undefined
  #current: Seat | undefined
  /** The last time that this was the owner. */
  #tenure: Tenure | undefined
  /** Being asked to let this view in. */
  #attaching: RemoteOwner | undefined
  #isConnecting = false
  /** Whether nobody looks for an owner any more, because no try could help. */
  #isStranded = false
  /** The ways to end the pauses that are made. */
  readonly #pauses = new Set<() => void>()
  #closing: Promise<void> | undefined

  constructor(options: ViewOptions) {
    const { clock = systemClock, random = systemRandom } = options.options
    this.#options = options
    this.#newId = createUuidSource(clock, random)
    options.emitter.onHeard = name => {
      if (this.#current instanceof RemoteOwner) this.#current.subscribe(name)
    }
  }

  get isInGrace(): boolean {
    return this.#current?.isInGrace ?? false
  }

  call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown> {
    if (name === 'handle') return this.#handle(args)
    if (name === 'work') return this.#work(args)
    if (name === 'connect') this.#isConnecting = true
    const repeatable = this.#withId(name, args)
    return this.#at(backend => backend.call(name, repeatable))
  }

  async #handle(args: readonly unknown[]): Promise<() => void> {
    const registration = await this.#register(async backend => (await backend.call('handle', args)) as () => void)
    return () => void this.#takeBack(registration).catch(() => {}) // gone, and the handler with it
  }

  async #work(args: readonly unknown[]): Promise<Worker> {
    const registration = await this.#register(async backend => {
      const worker = (await backend.call('work', args)) as Worker
      return () => worker.stop()
    })
    return { stop: () => this.#takeBack(registration) }
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  /** Things that take effect get their ids here, so that asking twice does not make them twice. */
  #withId(name: keyof BackendMethods, args: readonly unknown[]): readonly unknown[] {
    const [first] = args
    const takesId = name === 'sendMessage' || name === 'ask' || name === 'createGroup'
    if (!takesId || typeof first !== 'object' || first === null) return args
    const { id = this.#newId() } = first as { readonly id?: unknown }
    return args.with(0, { ...first, id })
  }

  /** Does something at the owner, and again at the next if that is gone before it has answered. */
  async #at<R>(task: (seat: Seat) => Promise<R>): Promise<R> {
    for (;;) {
      if (this.#isStranded) this.#goOn() // whoever asks wants it tried again
      const seat = await this.#owner()
      try {
        return await task(seat)
      } catch (error) {
        if (error !== seat.lost) throw error
      }
    }
  }

  async #register(begin: ConstructorParameters<typeof Registration>[0]): Promise<Registration> {
    const registration = new Registration(begin)
    this.#registrations.add(registration)
    try {
      await this.#at(backend => registration.begin(backend))
      return registration
    } catch (error) {
      this.#registrations.delete(registration)
      throw error
    }
  }

  #takeBack(registration: Registration): Promise<void> {
    this.#registrations.delete(registration)
    return registration.end()
  }

  /** The owner, or this client as the owner. A failure is not kept. */
  #owner(): Promise<Seat> {
    this.#seat ??= this.#find().catch(error => {
      this.#seat = undefined
      if (isFinal(error) && !this.#closing) this.#setState({ name: 'failed', reason: error })
      throw error
    })
    return this.#seat
  }

  async #find(): Promise<Seat> {
    const { clock = systemClock } = this.#options.options
    const until = clock.elapsed() + LOCKED_MS
    for (;;) {
      if (this.#closing) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
      try {
        return await this.#found()
      } catch (error) {
        if (!isPassing(error) || clock.elapsed() > until) throw error
      }
      await this.#pause(RETRY_MS)
    }
  }

  /** From the moment when an owner is the current one, losing it is told: so it is looked at in that moment. */
  async #found(): Promise<Seat> {
    const remote = await this.#remote()
    const seat = remote ?? (await this.#own())
    if (seat.isGone) throw seat.lost
    remote?.subscribeAll()
    this.#current = seat
    return seat
  }

  /** The storage is opened anew once it was closed. */
  async #own(): Promise<Tenure> {
    await this.#tenure?.close()
    const tenure: Tenure = new Tenure(() => this.#lost(tenure))
    this.#tenure = tenure
    await tenure.begin(this.#options, this.#options.own)
    return tenure
  }

  async #remote(): Promise<RemoteOwner | undefined> {
    const { options, emitter, onState, views } = this.#options
    const { agentId, clock = systemClock, closeGraceMs = 500 } = options
    const remote: RemoteOwner = new RemoteOwner({
      agentId,
      clock,
      emitter,
      onState,
      closeGraceMs,
      onLost: () => this.#lost(remote),
    })
    this.#attaching = remote
    return (await remote.attach(views)) ? remote : undefined
  }

  /** Goes on at the next owner, which may be this client: whatever it waits for is to come, unless the view closes. */
  #lost(seat: Seat): void {
    if (this.#current !== seat) return
    this.#current = undefined
    this.#seat = undefined // nobody asks it again, and again
    if (this.#closing) return
    this.#setState({ name: 'disconnected' })
    this.#goOn()
  }

  #goOn(): void {
    this.#isStranded = false
    void this.#beginAnew()
  }

  /** There is no last try, but where no try can help: what cannot be done is told once. */
  async #beginAnew(): Promise<void> {
    const { emitter } = this.#options
    for (let tries = 1; !this.#closing; tries++) {
      try {
        return await this.#beginAgain(await this.#owner())
      } catch (error) {
        this.#isStranded = isFinal(error)
        const isTold = tries > 1 || this.#closing || isLost(error) // who is lost is looked for anew
        if (!isTold) emitter.emit('error', asIMError(error, 'The workspace has no owner.'))
        if (this.#isStranded) return
      }
      await this.#pause(Math.min(RETRY_MS * 2 ** tries, MAX_RETRY_MS))
    }
  }

  /** Where the owner is lost again meanwhile, the next begins everything anew. */
  async #beginAgain(seat: Seat): Promise<void> {
    for (const registration of this.#registrations) {
      await registration.begin(seat)
      if (this.#current !== seat) return
    }
    if (this.#isConnecting) seat.call('connect', []).catch(() => {}) // its state tells why, as it does at any time
    await this.#tellAll(seat)
  }

  /** Nobody has told this view of what was written between two owners. */
  async #tellAll(seat: Seat): Promise<void> {
    const { emitter } = this.#options
    if (!emitter.isHeard('change')) return
    const all = (await seat.call('listConversations', [])) as readonly Conversation[]
    const conversations = all.map(({ conversationId }) => conversationId)
    emitter.emit('change', { conversations, contacts: true, queue: true, deadLetters: true })
  }

  #setState(state: ConnectionState): void {
    this.#options.onState(state)
    this.#options.emitter.emit('state', state)
  }

  /** Ends early when the view is closed. */
  #pause(timeMs: number): Promise<void> {
    const { clock = systemClock, random = systemRandom } = this.#options.options
    return new Promise(resolve => {
      const end = () => {
        cancel()
        this.#pauses.delete(end)
        resolve()
      }
      const cancel = clock.schedule(end, timeMs * (0.5 + random.number() / 2))
      this.#pauses.add(end)
    })
  }

  async #end(): Promise<void> {
    this.#options.emitter.onHeard = undefined
    for (const end of this.#pauses) end()
    if (!this.#current) this.#attaching?.giveUp()
    const seat = await this.#seat?.catch(() => undefined) // whoever asked for it was told
    await seat?.close()
    await this.#tenure?.close()
  }
}

/** Whether an owner may be about to be there, or to be gone. */
function isPassing(error: unknown): boolean {
  return isLost(error) || (error instanceof IMError && error.code === 'STORAGE_LOCKED')
}

/** Whether this program and the owner's, or the workspace, do not fit together: to try again would change nothing. */
function isFinal(error: unknown): error is IMError {
  return error instanceof IMError && FINAL.includes(error.code)
}

function isLost(error: unknown): boolean {
  return error instanceof IMError && error.code === 'CONNECTION_LOST'
}
