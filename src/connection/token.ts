/** The token of a provider, asked for before each attempt. It is kept nowhere else, and in no message. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'

/** A token, or what gives one. Asked again after a refusal. */
export type TokenSource = string | TokenProvider

/** Gives a token. */
export type TokenProvider = () => string | Promise<string>

/** How long a provider may take, and what ends the waiting before. */
export interface TokenPatience {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * The token of one attempt.
 * @throws IMError `AUTH_TOKEN_UNAVAILABLE` when the provider fails or does not answer within `timeoutMs`, or when the
 * signal aborts
 */
export async function askToken(provider: TokenProvider, { clock, timeoutMs, signal }: TokenPatience): Promise<string> {
  let cancel = () => {}
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new IMError('AUTH_TOKEN_UNAVAILABLE', `The token provider took over ${timeoutMs} ms.`))
    const giveUp = () => reject(new IMError('AUTH_TOKEN_UNAVAILABLE', 'The token is not wanted any more.'))
    const cancelTimeout = clock.schedule(late, timeoutMs)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    cancel = () => {
      cancelTimeout()
      signal.removeEventListener('abort', giveUp)
    }
  })
  try {
    return await Promise.race([Promise.resolve().then(provider), timeout])
  } catch (cause) {
    if (cause instanceof IMError) throw cause
    throw new IMError('AUTH_TOKEN_UNAVAILABLE', 'The token provider failed.', { cause })
  } finally {
    cancel()
  }
}
