/** How a request is answered: once, whenever the answer is known. */
import { IMError } from '../errors.ts'
import { errorText, type RpcId, resultText } from '../protocol/json-rpc.ts'

/** The answer to one request. Only the first call has an effect. */
export interface Reply {
  result(value: unknown): void
  /** As {@link result}, for what is JSON text already. */
  json(text: string): void
  error(error: unknown): void
}

/** A reply that gives one text to `send`. */
export class RpcReply implements Reply {
  readonly #id: RpcId
  readonly #send: (text: string) => void
  #done = false

  constructor(id: RpcId, send: (text: string) => void) {
    this.#id = id
    this.#send = send
  }

  result(value: unknown): void {
    this.#once(resultText(this.#id, value))
  }

  json(text: string): void {
    this.#once(`{"jsonrpc":"2.0","id":${JSON.stringify(this.#id)},"result":${text}}`)
  }

  /** What failed in storage is told as `INTERNAL`: its words are the operator's. */
  error(error: unknown): void {
    const hidden = !(error instanceof IMError) || error.code.startsWith('STORAGE_')
    this.#once(errorText(this.#id, hidden ? new IMError('INTERNAL', 'The request failed.') : error))
  }

  #once(text: string): void {
    if (this.#done) return
    this.#done = true
    this.#send(text)
  }
}
