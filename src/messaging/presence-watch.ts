/** Who of those that somebody has asked for is online. A server tells one session; here every new session asks again. */
import type { LinkSession } from '../connection/link.ts'
import { asIMError, type IMError } from '../errors.ts'
import type { Emitter } from '../model/emitter.ts'
import { requireId } from '../model/id.ts'
import type { Presence } from '../protocol/schemas.ts'
import type { IMClientEvents } from './events.ts'

/** A server watches as many for one session. Those that were asked for last are watched. */
const MAX_WATCHED = 1000

/** What the watch works with. */
export interface PresenceWatchOptions {
  readonly emitter: Emitter<IMClientEvents>
  readonly onError: (error: IMError) => void
}

/** See the head of this file. */
export class PresenceWatch {
  readonly #options: PresenceWatchOptions
  readonly #watched = new Set<string>()

  constructor(options: PresenceWatchOptions) {
    this.#options = options
  }

  /**
   * Watches these too, from now on; gives how they are, without a session nothing.
   * @throws IMError `ID_INVALID`, the server's refusal
   */
  async watch(agentIds: readonly string[], session: LinkSession | undefined): Promise<Presence[]> {
    for (const agentId of agentIds) {
      this.#watched.delete(requireId(agentId, 'account'))
      this.#watched.add(agentId)
    }
    if (!session) return []
    const presences = await this.#ask(session)
    return presences.filter(({ agentId }) => agentIds.includes(agentId))
  }

  /** Asks on a new session, and tells how they are by then. */
  async start(session: LinkSession): Promise<void> {
    const { emitter, onError } = this.#options
    if (this.#watched.size === 0) return
    try {
      for (const presence of await this.#ask(session)) emitter.emit('presence', presence)
    } catch (error) {
      const known = asIMError(error, 'Presence could not be asked for.')
      if (!known.code.startsWith('CONNECTION_') && known.code !== 'CLIENT_CLOSED') onError(known) // the next session asks again
    }
  }

  async #ask(session: LinkSession): Promise<readonly Presence[]> {
    const agentIds = [...this.#watched].slice(-MAX_WATCHED)
    return (await session.request('presence.watch', { agentIds })).presences
  }
}
