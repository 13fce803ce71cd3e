/** The work of a digital employee. The queue and its workers are loaded when they are first needed: most clients never do. */
import type { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Message } from '../model/message.ts'
import type { ClaimedMessage, ClaimOptions, PendingQueue, PendingQueueOptions } from './pending-queue.ts'
import type { PendingWorker, Worker, WorkerOptions, WorkHandler } from './pending-worker.ts'

/** What the work needs besides what the queue does. */
export interface WorkOptions extends PendingQueueOptions {
  readonly clock: Clock
  readonly onError: (error: IMError) => void
}

/** The pending queue and those who work on it. */
export class Work {
  readonly #options: WorkOptions
  readonly #workers = new Set<PendingWorker>()
  #queue: Promise<PendingQueue> | undefined

  constructor(options: WorkOptions) {
    this.#options = options
  }

  /** What is still to do. Takes nothing. */
  async list(): Promise<Message[]> {
    return (await this.#open()).list()
  }

  /** Takes work under a lease. */
  async claim(options: ClaimOptions): Promise<ClaimedMessage[]> {
    return (await this.#open()).claim(options)
  }

  /** Starts a worker. */
  async process(handler: WorkHandler, options: WorkerOptions): Promise<Worker> {
    const [queue, { PendingWorker }] = await Promise.all([this.#open(), import('./pending-worker.ts')])
    const { clock, onError } = this.#options
    const worker = new PendingWorker(queue, handler, { ...options, clock, onError })
    this.#workers.add(worker)
    worker.wake()
    return worker
  }

  /** A message arrived. */
  wake(): void {
    for (const worker of this.#workers) worker.wake()
  }

  /** Claims nothing more; one promise for each worker, until what it works on is finished. */
  stop(): Promise<void>[] {
    return [...this.#workers].map(worker => worker.stop())
  }

  /** The queue, with the leases of a former process forgotten. */
  #open(): Promise<PendingQueue> {
    this.#queue ??= import('./pending-queue.ts').then(async ({ PendingQueue }) => {
      const queue = new PendingQueue(this.#options)
      await queue.start()
      return queue
    })
    return this.#queue
  }
}
