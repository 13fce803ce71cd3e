/** The client: one object that composes the managers. It has no logic of its own; what it promises is in `api.ts`. */
import type { IMClientApi } from './api.ts'
import { connectAndSync } from './connecting.ts'
import type { ConnectionState } from './connection/state.ts'
import { Lifetime, type OnDemandName } from './lifetime.ts'
import type { OutgoingMessage } from './messaging/composer.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import type { WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { WaitOptions } from './messaging/status-watch.ts'
import type { Listener } from './model/emitter.ts'
import type { MessageStatus } from './model/message.ts'
import type { IMClientOptions } from './options.ts'

/** Methods that are loaded when one of them is first called: functions of `on-demand.ts` on the parts of the open client. */
const ON_DEMAND = [
  'editMessage',
  'deleteMessage',
  'react',
  'getPendingMessages',
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
  'stats',
] as const satisfies readonly OnDemandName[]

type OnDemandMethods = Pick<IMClientApi, OnDemandName>

/** An instant-messaging client that owns its workspace and its connection: see {@link IMClientApi}. */
export class IMClient extends (class {} as new () => OnDemandMethods) implements IMClientApi {
  readonly #life: Lifetime

  static {
    const methods = IMClient.prototype as object as Record<OnDemandName, unknown>
    for (const name of ON_DEMAND) {
      methods[name] = function (this: IMClient, ...args: unknown[]) {
        return this.#life.ask(name, args)
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
  onMessage(handler: MessageHandlerFunction) {
    return this.#life.register(work => work.handle(handler))
  }
  async *messages({ signal }: { readonly signal?: AbortSignal } = {}) {
    const { messageStream } = await import('./on-demand.ts')
    yield* messageStream(this, signal)
  }
  processPending(handler: WorkHandler, options: WorkerOptions = {}) {
    const worker = this.#life.work(work => work.process(handler, options))
    worker.catch(error => this.#life.report(error))
    return { stop: () => worker.then(running => running.stop()) }
  }
}
