/** The token: given once, or asked for before each attempt. It is kept nowhere else, and in no message. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'

/** A token, or what gives one. Asked again after a refusal. */
export type TokenSource = string | (() => string | Promise<string>)

/**
 * The token of this attempt.
 * @throws IMError `AUTH_TOKEN_UNAVAILABLE` when the provider fails or does not answer within `timeoutMs`
 */
export async function readToken(
  source: TokenSource | undefined,
  clock: Clock,
  timeoutMs: number,
): Promise<string | undefined> {
  if (typeof source !== 'function') return source
  let cancel = () => {}
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new IMError('AUTH_TOKEN_UNAVAILABLE', `The token provider took over ${timeoutMs} ms.`))
    cancel = clock.schedule(late, timeoutMs)
  })
  try {
    return await Promise.race([Promise.resolve().then(source), timeout])
  } catch (cause) {
    if (cause instanceof IMError) throw cause
    throw new IMError('AUTH_TOKEN_UNAVAILABLE', 'The token provider failed.', { cause })
  } finally {
    cancel()
  }
}
