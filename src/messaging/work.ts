/**
 * What an agent does with messages: handlers react to them, workers take them from the pending queue. Either is loaded
 * when it is first needed, and many clients need none.
 */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { Dispatcher, DispatcherOptions, MessageHandlerFunction } from './dispatcher.ts'
import type { ClaimedMessage, ClaimOptions, PendingQueue, PendingQueueOptions } from './pending-queue.ts'
import type { PendingWorker, Worker, WorkerOptions, WorkHandler } from './pending-worker.ts'

/** What handlers and the queue need, together. */
export interface WorkOptions extends Omit<PendingQueueOptions, 'onTaken'>, Omit<DispatcherOptions, 'onTaken'> {
  readonly clock: Clock
  readonly onError: (error: IMError) => void
  /** A handler or a worker is given a message. */
  readonly onTaken: (message: StoredMessage) => void
}

/** The handlers, the pending queue and those who work on it. */
export class Work {
  readonly #options: WorkOptions
  readonly #workers = new Set<PendingWorker>()
  #dispatcher: Dispatcher | undefined
  #queue: Promise<PendingQueue> | undefined
  #stopped = false

  constructor(options: WorkOptions) {
    this.#options = options
  }

  /** Whether a handler or a worker has something under way. */
  get isBusy(): boolean {
    return [this.#dispatcher, ...this.#workers].some(part => part?.isBusy)
  }

  /** Adds a handler; gives the way to take it back. @throws IMError `CLIENT_CLOSED` once the client stops */
  async handle(handler: MessageHandlerFunction): Promise<() => void> {
    const { Dispatcher } = await import('./dispatcher.ts')
    this.#requireRunning()
    this.#dispatcher ??= new Dispatcher(this.#options)
    return this.#dispatcher.add(handler)
  }

  /** What is still to do. Takes nothing. */
  async list(): Promise<Message[]> {
    return (await this.#open()).list()
  }

  /** Takes work under a lease. @throws IMError `CLIENT_CLOSED` once the client stops */
  async claim(options: ClaimOptions): Promise<ClaimedMessage[]> {
    const queue = await this.#open()
    this.#requireRunning()
    return queue.claim(options)
  }

  /** Starts a worker. @throws IMError `CLIENT_CLOSED` once the client stops */
  async process(handler: WorkHandler, options: WorkerOptions): Promise<Worker> {
    const [queue, { PendingWorker }] = await Promise.all([this.#open(), import('./pending-worker.ts')])
    this.#requireRunning()
    const { clock, onError } = this.#options
    const worker = new PendingWorker(queue, handler, { ...options, clock, onError })
    this.#workers.add(worker)
    worker.wake()
    return worker
  }

  /** A conversation has something new. */
  arrived(conversationId: string): void {
    this.#dispatcher?.offer(conversationId)
    for (const worker of this.#workers) worker.wake()
  }

  /** Begins nothing more, and resolves when what is under way has finished. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([this.#dispatcher?.stop(), ...[...this.#workers].map(worker => worker.stop())])
  }

  #requireRunning(): void {
    if (this.#stopped) throw new IMError('CLIENT_CLOSED', 'The client was closed.')
  }

  /** The queue, with the leases of a former process forgotten. A failure is not kept. */
  #open(): Promise<PendingQueue> {
    this.#queue ??= this.#start().catch(error => {
      this.#queue = undefined
      throw error
    })
    return this.#queue
  }

  async #start(): Promise<PendingQueue> {
    const { PendingQueue } = await import('./pending-queue.ts')
    const { onTaken } = this.#options
    const queue = new PendingQueue({ ...this.#options, onTaken: ({ message }) => onTaken(message) })
    await queue.start()
    return queue
  }
}
