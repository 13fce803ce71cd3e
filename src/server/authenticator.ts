/** Who may open a session as which account. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import { verifyToken } from './token.ts'

/** What a client shows at the beginning of a session. */
export interface Credentials {
  readonly agentId: string
  readonly token: string | undefined
}

/** Decides whether a session may be opened. */
export interface Authenticator {
  /** Resolves, or @throws IMError `AUTH_FAILED`, which must not say more than the client may know. */
  authenticate(credentials: Credentials): Promise<void>
}

/** Lets everybody be whoever they say: for one machine and its own user only. */
export const noAuthentication: Authenticator = {
  async authenticate() {
    // whoever reaches a loopback server may be anybody
  },
}

/** Accepts the tokens that `createToken` makes with the same key. */
export function tokenAuthenticator(key: Uint8Array, clock: Clock): Authenticator {
  return {
    async authenticate({ agentId, token }) {
      const verdict = token === undefined ? 'missing' : await verifyToken(key, { agentId, token, now: clock.now() })
      if (verdict === 'valid') return
      const problem = verdict === 'missing' ? 'The server asks for a token.' : `The token is ${verdict}.`
      throw new IMError('AUTH_FAILED', problem, { details: { reason: verdict } })
    },
  }
}
