/** The built console on a server in this process that wants tokens, or whatever else a test wants of it. */

import { onTestFinished } from 'vitest'
import { type ServedIM, type ServeOptions, serveIM } from '../../adapters/node/index.ts'
import { IMClient, memoryStorage, systemClock } from '../../src/index.ts'
import { createToken, MIN_TOKEN_KEY_BYTES, tokenAuthenticator } from '../../src/server/index.ts'

/** Where the build puts the console. */
export const CONSOLE_PAGES = 'dist/playground/console'

const KEY = new Uint8Array(MIN_TOKEN_KEY_BYTES).fill(7)

/** See the head of this file. */
export class GuardedConsole {
  readonly url: string
  readonly #served: ServedIM

  private constructor(served: ServedIM) {
    this.#served = served
    this.url = served.url
  }

  static async serve(options: Partial<ServeOptions> = {}): Promise<GuardedConsole> {
    const served = await serveIM({
      storage: memoryStorage(),
      authenticator: tokenAuthenticator(KEY, systemClock),
      pages: CONSOLE_PAGES,
      ...options,
    })
    const guarded = new GuardedConsole(served)
    onTestFinished(() => served.close())
    return guarded
  }

  /** Connections at this moment. */
  get sessions(): number {
    return this.#served.server.stats().sessions
  }

  /** The server goes away before the test ends. */
  close(): Promise<void> {
    return this.#served.close()
  }

  token(agentId: string): Promise<string> {
    return createToken(KEY, { agentId })
  }

  /** Somebody to talk to. */
  async join(agentId: string): Promise<IMClient> {
    const client = new IMClient({
      storage: memoryStorage(),
      agentId,
      imServerUrl: this.url,
      token: await this.token(agentId),
    })
    onTestFinished(() => client.close())
    await client.connect()
    return client
  }
}
