/**
 * A JSON-RPC 2.0 peer over any wire that carries texts in order: a socket, a port, a pipe. It matches answers to
 * requests and hands calls to its owner; it knows nothing of IM Protocol's methods.
 */
import { asIMError, IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { callText, messagesOf, parseMessage, type RpcId, type RpcMessage } from './json-rpc.ts'

/** What a peer needs from its owner. */
export interface PeerOptions {
  /** Gives a text to the wire. */
  readonly send: (text: string) => void
  /** Why a request cannot go out as this text, where it cannot. */
  readonly refuseRequest?: (text: string) => IMError | undefined
  /** Answers a request; a rejection becomes an error response. */
  readonly onRequest?: (method: string, params: unknown) => Promise<unknown> | unknown
  readonly onNotification?: (method: string, params: unknown) => void
  /** A frame that is no JSON-RPC, or a notification's handler that threw. */
  readonly onFault?: (error: IMError) => void
  readonly clock: Clock
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly cancelTimeout: () => void
}

/** One end of a JSON-RPC 2.0 conversation. */
export class Peer {
  readonly #options: PeerOptions
  readonly #pending = new Map<RpcId, Pending>()
  #lastId = 0
  #ended: IMError | undefined

  constructor(options: PeerOptions) {
    this.#options = options
  }

  /**
   * Calls a method of the other end.
   * @throws IMError the other end's own, `CONNECTION_TIMEOUT`, or what {@link end} was given
   */
  request(method: string, params: unknown, timeoutMs: number): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = ++this.#lastId
    const text = callText(method, params, id)
    const refusal = this.#options.refuseRequest?.(text)
    if (refusal) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#options.clock.schedule(() => {
        this.#pending.delete(id)
        reject(new IMError('CONNECTION_TIMEOUT', `No answer to ${method} within ${timeoutMs} ms.`))
      }, timeoutMs)
      this.#pending.set(id, { resolve, reject, cancelTimeout })
      this.#options.send(text)
    })
  }

  /** Tells the other end something and expects no answer. */
  notify(method: string, params: unknown): void {
    if (!this.#ended) this.#options.send(callText(method, params))
  }

  /** Takes a text from the wire. */
  receive(text: string): void {
    let messages: readonly unknown[] = []
    try {
      messages = messagesOf(text)
    } catch (error) {
      this.#refuse(error as IMError)
    }
    for (const message of messages) this.#take(message)
  }

  /** Rejects what is in flight and everything later: the wire is gone. */
  end(error: IMError): void {
    this.#ended ??= error
    for (const { reject, cancelTimeout } of this.#pending.values()) {
      cancelTimeout()
      reject(error)
    }
    this.#pending.clear()
  }

  #take(message: unknown): void {
    let parsed: RpcMessage
    try {
      parsed = parseMessage(message)
    } catch (error) {
      return this.#refuse(error as IMError)
    }
    this.#dispatch(parsed)
  }

  #dispatch(message: RpcMessage): void {
    switch (message.kind) {
      case 'request':
        return this.#answer(message)
      case 'notification':
        this.#options.onNotification?.(message.method, message.params)
        return
      case 'result':
        this.#settle(message.id)?.resolve(message.result)
        return
      case 'error':
        void this.#fail(message)
    }
  }

  /** Tells whoever asked of the error. The request is settled before its error is read: what comes next cannot end it. */
  async #fail({ id, error }: { readonly id: RpcId | null; readonly error: unknown }): Promise<void> {
    const reject = id === null ? this.#options.onFault : this.#settle(id)?.reject
    try {
      const { toError } = await import('./peer-error.ts')
      reject?.(toError(error))
    } catch (cause) {
      reject?.(asIMError(cause, 'An error could not be read.'))
    }
  }

  /** The request that an answer belongs to; none where it came too late, or twice. */
  #settle(id: RpcId): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.cancelTimeout()
    return pending
  }

  #answer({ id, method, params }: RpcMessage & { readonly kind: 'request' }): void {
    const { onRequest } = this.#options
    void this.#reply(({ answerText }) => answerText(id, method, onRequest && (() => onRequest(method, params))))
  }

  #refuse(error: IMError): void {
    void this.#reply(({ errorText }) => errorText(null, error))
    this.#options.onFault?.(error)
  }

  async #reply(textOf: (answers: typeof import('./answers.ts')) => string | Promise<string>): Promise<void> {
    try {
      const text = await textOf(await import('./answers.ts'))
      if (!this.#ended) this.#options.send(text)
    } catch (error) {
      this.#options.onFault?.(asIMError(error, 'Answering failed.'))
    }
  }
}
