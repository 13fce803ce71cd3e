/** The client: one object that composes the managers. It has no logic of its own; what it promises is in `api.ts`. */
import type { IMClientApi } from './api.ts'
import type { MethodName } from './backend.ts'
import type { ConnectionState } from './connection/state.ts'
import { Lifetime } from './lifetime.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import type { Worker, WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { Listener } from './model/emitter.ts'
import type { IMClientOptions } from './options.ts'

/** Methods of which a client knows the names only: they are its backend's. */
const METHODS = [
  'open',
  'connect',
  'sendMessage',
  'waitForStatus',
  'editMessage',
  'deleteMessage',
  'react',
  'getPendingMessages',
  'listPending',
  'claimMessages',
  'resumeClaim',
  'getRecipients',
  'ask',
  'resumeAsk',
  'listAsks',
  'listDeadLetters',
  'redriveDeadLetters',
  'purgeDeadLetters',
  'getConversationHistory',
  'searchMessages',
  'listConversations',
  'markRead',
  'createGroup',
  'updateGroup',
  'addContact',
  'updateContact',
  'removeContact',
  'getContact',
  'listContacts',
  'watchPresence',
  'stats',
] as const satisfies readonly MethodName[]

/** An instant-messaging client, which owns its workspace and its connection or views those of another: see {@link IMClientApi}. */
export class IMClient extends (class {} as new () => Pick<IMClientApi, MethodName>) implements IMClientApi {
  readonly #life: Lifetime

  static {
    const methods = IMClient.prototype as object as Record<MethodName, unknown>
    for (const name of METHODS) {
      methods[name] = function (this: IMClient, ...args: unknown[]) {
        return this.#life.call(name, args)
      }
    }
  }

  constructor(options: IMClientOptions) {
    super()
    this.#life = new Lifetime(options)
  }

  get state(): ConnectionState {
    return this.#life.state
  }
  on<Name extends keyof IMClientEvents>(name: Name, listener: Listener<IMClientEvents[Name]>) {
    return this.#life.emitter.on(name, listener)
  }
  close() {
    return this.#life.close()
  }
  onMessage(handler: MessageHandlerFunction) {
    return this.#life.register(handler)
  }
  async *messages({ signal }: { readonly signal?: AbortSignal } = {}) {
    yield* (await import('./messaging/message-stream.ts')).messageStream(this, signal)
  }
  processPending(handler: WorkHandler, options: WorkerOptions = {}) {
    const worker = this.#life.call('work', [handler, options]) as Promise<Worker>
    worker.catch(error => this.#life.report(error))
    return { stop: () => worker.then(running => running.stop()) }
  }
}
