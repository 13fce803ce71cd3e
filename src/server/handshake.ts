/** The first request of a connection: who it is, which version it speaks, and where its feed goes on. */
import type * as v from 'valibot'
import { IMError } from '../errors.ts'
import { isoTime } from '../model/clock.ts'
import type { requestParams } from '../protocol/request-params.ts'
import type { RequestResult } from '../protocol/schemas.ts'
import { BATCH, PROTOCOL_VERSIONS } from '../protocol/version.ts'
import { FeedReader } from './feed-reader.ts'
import { publicLimits } from './limits.ts'
import type { Services } from './services.ts'

/** The parameters of `session.open`, checked. */
export type OpenParams = v.InferOutput<(typeof requestParams)['session.open']>

/** When to try again after an account had too many connections, in milliseconds. */
const CROWDED_RETRY_MS = 10_000

/** What is known before the session is opened, at which nothing may be awaited any more. */
export interface Admission {
  readonly version: number
  /** Stands at the client's cursor; absent where that means nothing to this server. */
  readonly reader: FeedReader | undefined
  readonly after: number
}

/**
 * Decides whether a session may be opened.
 * @throws IMError `PROTOCOL_VERSION_UNSUPPORTED`, `AUTH_FAILED`, `RATE_LIMITED`, `SERVER_DRAINING`
 */
export async function admit(services: Services, params: OpenParams): Promise<Admission> {
  const version = PROTOCOL_VERSIONS.find(known => params.versions.includes(known))
  if (version === undefined) {
    throw new IMError('PROTOCOL_VERSION_UNSUPPORTED', 'Client and server share no version of the protocol.', {
      details: { offered: params.versions, supported: PROTOCOL_VERSIONS },
    })
  }
  requireOpen(services)
  await services.authenticator.authenticate({ agentId: params.agentId, token: params.token })
  requireOpen(services)
  requireConnection(services, params)
  const { log } = services
  const { epoch, offset } = params.cursor ?? { epoch: log.epoch, offset: 0 }
  if (epoch !== log.epoch || offset > log.head) return { version, reader: undefined, after: log.head }
  const reader = new FeedReader(log, params.agentId, offset)
  await reader.open()
  return { version, reader, after: offset }
}

/** Whether the feed can go on from the cursor. Asked in the same turn in which the session is opened. */
export function isRecovered(services: Services, { reader }: Admission): boolean {
  return reader !== undefined && reader.backlog <= services.limits.replayItems
}

/** The answer to `session.open`. */
export function welcome(
  { log, uuid, heartbeatMs, limits, clock }: Services,
  { version, recovered }: { readonly version: number; readonly recovered: boolean },
): RequestResult<'session.open'> {
  return {
    sessionId: uuid(),
    version,
    epoch: log.epoch,
    recovered,
    offset: log.head,
    heartbeatMs,
    limits: publicLimits(limits),
    serverTime: isoTime(clock),
    capabilities: [BATCH],
  }
}

function requireOpen({ drainingMs }: Services): void {
  const retryAfterMs = drainingMs()
  if (retryAfterMs === undefined) return
  throw new IMError('SERVER_DRAINING', 'The server is shutting down.', { retryAfterMs })
}

/**
 * Whether the account may have one more connection. True only of the turn in which it is asked.
 * @throws IMError `RATE_LIMITED`
 */
export function requireConnection({ hub, limits }: Services, { agentId, deviceId }: OpenParams): void {
  if (hub.others(agentId, deviceId) < limits.connectionsPerAccount) return
  throw new IMError('RATE_LIMITED', 'The account has too many connections.', { retryAfterMs: CROWDED_RETRY_MS })
}
