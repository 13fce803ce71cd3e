/** Handlers and workers of a view: the owner offers them messages, and hears through them what they say. */
import { IMError } from '../errors.ts'
import type { HandlerContext } from '../messaging/handler-context.ts'
import type { MessageHandlerFunction } from '../messaging/offer.ts'
import type { OwnerCalls, Saying, ViewCalls } from './calls.ts'

/** Says something to the owner. */
type Say = (params: Parameters<OwnerCalls['say']>[0]) => Promise<unknown>

/** See the head of this file. */
export class Runs {
  readonly #say: Say
  readonly #handlers = new Map<number, MessageHandlerFunction>()
  readonly #workers = new Map<number, MessageHandlerFunction>()
  readonly #running = new Map<number, { readonly id: number; readonly stop: AbortController }>()
  readonly #finished = new Set<Promise<void>>()

  constructor(say: Say) {
    this.#say = say
  }

  get isBusy(): boolean {
    return this.#finished.size > 0
  }

  addHandler(id: number, handler: MessageHandlerFunction): void {
    this.#handlers.set(id, handler)
  }

  addWorker(id: number, handler: MessageHandlerFunction): void {
    this.#workers.set(id, handler)
  }

  delete(id: number): void {
    this.#handlers.delete(id)
    this.#workers.delete(id)
  }

  /** Begins nothing more, and tells handlers to come to their end; workers may finish. Gives the ids of both. */
  finish(reason: unknown): number[] {
    for (const { id, stop } of this.#running.values()) if (this.#handlers.has(id)) stop.abort(reason)
    const ids = [...this.#handlers.keys(), ...this.#workers.keys()]
    for (const id of ids) this.delete(id)
    return ids
  }

  /** Runs a handler on a message. */
  run({ id, run, message, attempts }: Parameters<ViewCalls['run']>[0]): Promise<void> {
    const handler = this.#handlers.get(id) ?? this.#workers.get(id)
    if (!handler) throw new Error('The handler was taken back.')
    const stop = new AbortController()
    this.#running.set(run, { id, stop })
    const answers = new Answers((method, what) => this.#say({ run, method, what }))
    const context = answers.context({ attempts, signal: stop.signal })
    const running = completed(() => handler(message, context), answers).finally(() => {
      this.#running.delete(run)
      this.#finished.delete(running)
    })
    this.#finished.add(running)
    return running
  }

  /** What a handler does from now on may be done by another as well. */
  stop(run: number, reason: unknown): void {
    this.#running.get(run)?.stop.abort(reason)
  }

  /** The owner is gone, and with it everything that runs. */
  stopAll(reason: unknown): void {
    for (const { stop } of this.#running.values()) stop.abort(reason)
  }

  /** Resolves when no handler runs any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#finished)
  }
}

/** Resolves when a handler has ended and all that it answered is known to the owner, awaited or not. */
async function completed(handler: () => void | Promise<void>, answers: Answers): Promise<void> {
  try {
    await handler()
  } finally {
    await answers.told()
  }
}

/** Whether there is nobody any more to whom a handler could say something. */
function isEnd(error: unknown): boolean {
  return error instanceof IMError && (error.code === 'CONNECTION_LOST' || error.code === 'CLIENT_CLOSED')
}

/** What one run of a handler answers. */
class Answers {
  readonly #say: (method: Saying, what: unknown) => Promise<unknown>
  readonly #said: Promise<unknown>[] = []

  constructor(say: (method: Saying, what: unknown) => Promise<unknown>) {
    this.#say = say
  }

  context(facts: Pick<HandlerContext, 'attempts' | 'signal'>): HandlerContext {
    return {
      ...facts,
      reply: reply => this.#keep('reply', reply),
      decline: reason => this.#keep('decline', reason),
      send: message => this.#keep('send', message),
      progress: news => this.#keep('progress', news),
    }
  }

  /** Resolves when the owner has them all; of what was wrong with one the handler was told. */
  async told(): Promise<void> {
    await Promise.allSettled(this.#said)
  }

  #keep(method: Saying, what: unknown): Promise<string> {
    const said = this.#say(method, what)
    this.#said.push(said)
    const told = said.then(id => id as string) // of its own, so that a failure which the handler does not look at is seen
    said.catch(error => {
      if (isEnd(error)) told.catch(() => {}) // no failure of the handler, whose message comes again
    })
    return told
  }
}
