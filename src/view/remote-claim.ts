/** A claim that the owner of the workspace holds for a view. */
import type { ClaimedMessage } from '../messaging/claim.ts'
import type { Reply } from '../messaging/handler-context.ts'
import type { Message } from '../model/message.ts'
import type { ClaimFacts, ClaimMethod } from './calls.ts'

/** See {@link ClaimedMessage}. */
export class RemoteClaim implements ClaimedMessage {
  readonly message: Message
  readonly attempts: number
  readonly token: string
  readonly #lost = new AbortController()
  readonly #call: (method: ClaimMethod, args: readonly unknown[]) => Promise<unknown>

  constructor(
    { message, attempts, token }: ClaimFacts,
    call: (method: ClaimMethod, args: readonly unknown[]) => Promise<unknown>,
  ) {
    this.message = message
    this.attempts = attempts
    this.token = token
    this.#call = call
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  async complete(result?: string | Reply): Promise<void> {
    await this.#call('complete', result === undefined ? [] : [result])
  }

  async release(options: { readonly delayMs?: number; readonly error?: string | Error } = {}): Promise<void> {
    await this.#call('release', [options])
  }

  async fail(reason: string | Error): Promise<void> {
    await this.#call('fail', [reason])
  }

  async extend(leaseMs?: number): Promise<void> {
    await this.#call('extend', leaseMs === undefined ? [] : [leaseMs])
  }

  /** Somebody else may have it now. */
  lose(reason: unknown): void {
    this.#lost.abort(reason)
  }
}
