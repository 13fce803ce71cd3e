/** A bare JSON-RPC client for tests of the server: says exactly what a test tells it to, and keeps all that it hears. */
import { IMError } from '../../src/index.ts'
import { messagesOf, parseMessage, type RpcMessage } from '../../src/protocol/json-rpc.ts'
import { toError } from '../../src/protocol/peer-error.ts'
import type { FeedBatch } from '../../src/protocol/schemas.ts'

/** What carries the frames. */
export interface ClientWire {
  send(text: string): void
  close(): void
}

/** How a wire was closed. */
export interface Closing {
  readonly code: number
  readonly reason: string
}

type Answer = { readonly result: unknown } | { readonly error: IMError }

/** One client. Give its `receive` and `onClosed` to a wire. */
export class RpcClient {
  readonly frames: RpcMessage[] = []
  /** Everything that the feed brought, in order. */
  readonly batches: FeedBatch[] = []
  /** Whether feed batches are acknowledged at once. */
  acknowledges = true
  closing: Closing | undefined
  #wire: ClientWire | undefined
  #lastId = 0
  readonly #answers = new Map<unknown, (answer: Answer) => void>()
  #watchers: (() => void)[] = []

  attach(wire: ClientWire): void {
    this.#wire = wire
  }

  /** Sends any text. */
  raw(text: string): void {
    this.#wire?.send(text)
  }

  close(): void {
    this.#wire?.close()
  }

  notify(method: string, params: unknown = {}): void {
    this.raw(JSON.stringify({ jsonrpc: '2.0', method, params }))
  }

  /** Calls a method. @throws IMError the server's refusal, or `CONNECTION_LOST` */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of each answer
  call(method: string, params: unknown = {}): Promise<any> {
    const id = ++this.#lastId
    const answered = new Promise((resolve, reject) => {
      this.#answers.set(id, answer => ('error' in answer ? reject(answer.error) : resolve(answer.result)))
    })
    this.raw(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return answered
  }

  /** Opens a session. */
  // biome-ignore lint/suspicious/noExplicitAny: as `call`
  open(agentId: string, more: object = {}): Promise<any> {
    return this.call('session.open', { agentId, deviceId: `${agentId}-device`, versions: [1], ...more })
  }

  /** The code with which a call is refused. */
  async refusal(method: string, params: unknown = {}): Promise<string> {
    try {
      await this.call(method, params)
      return 'accepted'
    } catch (error) {
      return error instanceof IMError ? error.code : String(error)
    }
  }

  /** All events that the feed brought. */
  get events() {
    return this.batches.flatMap(batch => batch.events)
  }

  /** All receipts that the feed brought. */
  get receipts() {
    return this.batches.flatMap(batch => batch.receipts ?? [])
  }

  /** Resolves as soon as a condition holds that depends on what was heard. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>(resolve => this.#watchers.push(resolve))
  }

  receive(text: string): void {
    for (const message of messagesOf(text)) this.#take(parseMessage(message))
    this.#wake()
  }

  onClosed(closing: Closing): void {
    this.closing ??= closing
    const error = new IMError('CONNECTION_LOST', `Closed with ${closing.code}.`)
    for (const settle of this.#answers.values()) settle({ error })
    this.#answers.clear()
    this.#wake()
  }

  #take(message: RpcMessage): void {
    this.frames.push(message)
    if (message.kind === 'result') this.#settle(message.id, { result: message.result })
    if (message.kind === 'error') this.#settle(message.id, { error: toError(message.error) })
    if (message.kind === 'notification' && message.method === 'feed.events') this.#feed(message.params as FeedBatch)
  }

  #settle(id: unknown, answer: Answer): void {
    this.#answers.get(id)?.(answer)
    this.#answers.delete(id)
  }

  #feed(batch: FeedBatch): void {
    this.batches.push(batch)
    if (this.acknowledges) this.notify('feed.ack', { offset: batch.offset })
  }

  #wake(): void {
    const watchers = this.#watchers
    this.#watchers = []
    for (const wake of watchers) wake()
  }
}
