/** What every part of one server shares. */
import type { IMError } from '../errors.ts'
import type { Clock, Random } from '../model/clock.ts'
import type { UuidSource } from '../model/id.ts'
import type { Authenticator } from './authenticator.ts'
import type { Hub } from './hub.ts'
import type { ServerLimits } from './limits.ts'
import type { PresenceBoard } from './presence.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { ServerLog } from './server-log.ts'

/** The parts of one server. */
export interface Services {
  readonly log: ServerLog
  readonly hub: Hub
  readonly presence: PresenceBoard
  readonly rate: RateLimiter
  readonly authenticator: Authenticator
  readonly limits: ServerLimits
  readonly clock: Clock
  readonly random: Random
  readonly uuid: UuidSource
  readonly heartbeatMs: number
  readonly graceMs: number
  /** Told of what clients are not told. */
  readonly onError: (error: IMError) => void
  /** When the server is going away: when to come back, in milliseconds. */
  readonly drainingMs: () => number | undefined
}
