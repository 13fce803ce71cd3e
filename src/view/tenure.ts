/**
 * A view's own time as the owner of its workspace. Another may end it by taking the workspace over, as happens to a
 * process that was suspended. From then on nothing of it is heard any more, and everything rejects with {@link Tenure.lost}.
 */
import type { Backend, BackendMethods, BackendOptions } from '../backend.ts'
import { type OpenSocket, openWebSocket, type Socket } from '../connection/socket.ts'
import { asIMError, IMError } from '../errors.ts'
import type { ClaimedMessage } from '../messaging/claim.ts'
import type { IMClientEvents } from '../messaging/events.ts'
import { Emitter } from '../model/emitter.ts'
import { CLOSE_CODES } from '../protocol/version.ts'
import { RemoteClaim } from './remote-claim.ts'
import { WatchedStorage } from './watched-storage.ts'

/** What a view stands on at a time: the owner elsewhere, or itself. Both can be lost. */
export interface Seat extends Backend {
  /** Why what was under way when it was lost has no answer. It may be done again, at the next. */
  readonly lost: IMError
  readonly isGone: boolean
}

/** Opens a workspace, as its owner. */
export type Own = (base: BackendOptions) => Promise<Backend>

/** See the head of this file. */
export class Tenure implements Seat {
  readonly lost = new IMError('CONNECTION_LOST', 'Another has taken the workspace over.')
  readonly #onLost: () => void
  readonly #underWay = new Set<() => void>()
  readonly #claims = new Set<RemoteClaim>()
  readonly #sockets = new Set<Socket>()
  #backend: Backend | undefined
  #closing: Promise<void> | undefined
  #isGone = false

  constructor(onLost: () => void) {
    this.#onLost = onLost
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get isInGrace(): boolean {
    return this.#backend?.isInGrace ?? false
  }

  /** Becomes the owner. @throws {@link lost}, the codes of opening the storage */
  async begin({ options, emitter, onState }: BackendOptions, own: Own): Promise<void> {
    const storage = new WatchedStorage(options.storage, () => this.#lose())
    const openSocket = this.#guarded(options.openSocket ?? openWebSocket, () => storage.write([]))
    try {
      this.#backend = await own({
        options: { ...options, storage, openSocket },
        emitter: new Passage(emitter, () => !this.#isGone),
        onState: state => this.#isGone || onState(state),
      })
    } catch (error) {
      throw this.#isGone ? this.lost : error
    }
    if (!this.#isGone) return
    await this.close()
    throw this.lost
  }

  async call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown> {
    const answer = await this.#unlessLost(async () => this.#backend?.call(name, args))
    if (name === 'resumeClaim') return this.#hold(answer as ClaimedMessage)
    return name === 'claimMessages' ? (answer as readonly ClaimedMessage[]).map(claim => this.#hold(claim)) : answer
  }

  /** Of one that was lost nothing can be stored any more: what fails then is no failure. */
  async close(): Promise<void> {
    this.#closing ??= this.#backend?.close()
    await this.#closing?.catch(error => {
      if (!this.#isGone) throw error
    })
  }

  /** Waits for a step no longer than this lasts. What fails because it has ended fails with {@link lost}. */
  #unlessLost<T>(step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(this.lost)
      if (this.#isGone) return giveUp()
      this.#underWay.add(giveUp)
      const settled = step().then(resolve, error => reject(this.#isGone ? this.lost : error))
      void settled.finally(() => this.#underWay.delete(giveUp))
    })
  }

  /** A claim that is lost with the workspace, as one is that an owner elsewhere holds for a view. */
  #hold(claim: ClaimedMessage): ClaimedMessage {
    const held = new RemoteClaim(claim, async (method, args) => {
      await this.#unlessLost(() => (claim[method] as (...args: readonly unknown[]) => Promise<void>)(...args))
      if (method !== 'extend') this.#claims.delete(held)
    })
    this.#claims.add(held)
    claim.signal.addEventListener('abort', () => {
      this.#claims.delete(held)
      held.lose(claim.signal.reason)
    })
    return held
  }

  /**
   * The server keeps one session of a device: a former owner's must not take the place of the present one's. One that was
   * replaced may be that of a former owner that does not know it yet: its storage does.
   */
  #guarded(openSocket: OpenSocket, ask: () => Promise<void>): OpenSocket {
    return (url, events, connectTimeoutMs) => {
      if (this.#isGone) throw this.lost
      const onClose: typeof events.onClose = async close => {
        this.#sockets.delete(socket)
        if (close.code === CLOSE_CODES.replaced) await ask().catch(() => {}) // what else it may say does not matter here
        events.onClose(close)
      }
      const socket = openSocket(
        url,
        { onOpen: () => events.onOpen(), onText: text => events.onText(text), onClose },
        connectTimeoutMs,
      )
      this.#sockets.add(socket)
      return {
        send: text => socket.send(text),
        close: (code, reason) => {
          this.#sockets.delete(socket)
          socket.close(code, reason)
        },
      }
    }
  }

  #lose(): void {
    if (this.#isGone) return
    this.#isGone = true
    for (const socket of this.#sockets) socket.close(1000, '')
    for (const giveUp of this.#underWay) giveUp()
    for (const claim of this.#claims) claim.lose(this.lost)
    void this.close()
    this.#onLost()
  }
}

/** Events of an owner to its views, and to whoever listens to the client for as long as it is the owner. */
class Passage extends Emitter<IMClientEvents> {
  readonly #to: Emitter<IMClientEvents>
  readonly #isOpen: () => boolean

  constructor(to: Emitter<IMClientEvents>, isOpen: () => boolean) {
    super(error => to.emit('error', asIMError(error, 'A listener threw.')))
    this.#to = to
    this.#isOpen = isOpen
  }

  override isHeard(name: keyof IMClientEvents): boolean {
    return super.isHeard(name) || this.#to.isHeard(name)
  }

  override emit<Name extends keyof IMClientEvents>(name: Name, payload: IMClientEvents[Name]): void {
    super.emit(name, payload)
    if (this.#isOpen()) this.#to.emit(name, payload)
  }
}
