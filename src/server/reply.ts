/** How a request is answered: once, whenever the answer is known. */
import { IMError } from '../errors.ts'
import { errorText, resultText } from '../protocol/answers.ts'
import type { RpcId } from '../protocol/json-rpc.ts'

/** The answer to one request. Only the first call has an effect. */
export interface Reply {
  result(value: unknown): void
  /** As {@link result}, for what is JSON text already. */
  json(text: string): void
  error(error: unknown): void
}

/** Answers with what a function makes, or with what it throws. */
export function replyWith(reply: Reply, make: () => unknown): void {
  try {
    reply.result(make())
  } catch (error) {
    reply.error(error)
  }
}

/** What a reply needs of its connection. */
export interface ReplyWire {
  send(text: string): void
  /** Told of a failure whose words the client is not told: they are the operator's. */
  onHidden(error: unknown): void
}

/** A reply that gives one text to its wire. */
export class RpcReply implements Reply {
  readonly #id: RpcId
  readonly #wire: ReplyWire
  #done = false

  constructor(id: RpcId, wire: ReplyWire) {
    this.#id = id
    this.#wire = wire
  }

  result(value: unknown): void {
    this.#once(resultText(this.#id, value))
  }

  json(text: string): void {
    this.#once(`{"jsonrpc":"2.0","id":${JSON.stringify(this.#id)},"result":${text}}`)
  }

  /** What failed in storage, or by a fault of this program, is told as `INTERNAL`. */
  error(error: unknown): void {
    const hidden = !(error instanceof IMError) || error.code.startsWith('STORAGE_')
    if (hidden) this.#wire.onHidden(error)
    this.#once(errorText(this.#id, hidden ? new IMError('INTERNAL', 'The request failed.') : error))
  }

  #once(text: string): void {
    if (this.#done) return
    this.#done = true
    this.#wire.send(text)
  }
}
