/** Puts the managers of one client together, in the order in which they depend on each other, and takes them down. */
import type { BackendOptions } from './backend.ts'
import { DEFAULT_BACKOFF } from './connection/backoff.ts'
import { ConnectionManager } from './connection/connection-manager.ts'
import { IMLink } from './connection/im-link.ts'
import type { SessionHandler } from './connection/link.ts'
import { openWebSocket } from './connection/socket.ts'
import type { ConnectionState } from './connection/state.ts'
import { endpointUrl } from './connection/url.ts'
import { onRuntimeWake } from './connection/wake.ts'
import { Composer } from './messaging/composer.ts'
import type { IMClientEvents } from './messaging/events.ts'
import { MessageHandler } from './messaging/message-handler.ts'
import { type Clock, type Random, systemClock, systemRandom } from './model/clock.ts'
import type { Emitter } from './model/emitter.ts'
import { createUuidSource, type UuidSource } from './model/id.ts'
import type { IMClientOptions } from './options.ts'
import type { Config } from './storage/schema.ts'
import { Workspace } from './storage/workspace.ts'

/** The parts of a client that owns its workspace. */
export interface Assembly {
  readonly agentId: string
  readonly workspace: Workspace
  readonly clock: Clock
  readonly messaging: MessageHandler
  readonly composer: Composer
  readonly newId: UuidSource
  /** The Connection Manager. @throws TypeError where no server was ever named */
  readonly connection: () => ConnectionManager
  readonly state: () => ConnectionState
  readonly emitter: Emitter<IMClientEvents>
  /** Ends the connection, then the work, then the storage. */
  readonly close: () => Promise<void>
}

const CLOSE_GRACE_MS = 500

/** Opens the workspace and builds everything that stands on it. */
export async function assemble({ options, emitter, onState }: BackendOptions): Promise<Assembly> {
  const { clock = systemClock, random = systemRandom, closeGraceMs = CLOSE_GRACE_MS } = options
  if (options.imServerUrl !== undefined) endpointUrl(options.imServerUrl) // before it is stored: it may hold a secret
  const { queueLimit } = options
  if (queueLimit !== undefined) (await import('./messaging/queue-pressure.ts')).requireLimit(queueLimit) // likewise
  const newId = createUuidSource(clock, random)
  const workspace = new Workspace(options.storage, {
    newDeviceId: newId,
    onRepair: repair => emitter.emit('repair', repair),
    onDamage: error => emitter.emit('error', error),
    ...options,
  })
  const config = await workspace.open()
  const messaging = new MessageHandler({ workspace, config, clock, newId, emitter, guard: options.guard })
  await started(messaging, workspace)
  let connection: ConnectionManager | undefined
  return {
    agentId: config.agentId,
    workspace,
    clock,
    messaging,
    composer: new Composer(messaging, { newId, clock }),
    newId,
    connection: () => {
      connection ??= connectionManager({ ...options, clock, random }, messaging.sessions, { config, emitter, onState })
      return connection
    },
    state: () => connection?.state ?? { name: 'disconnected' },
    emitter,
    close: async () => {
      await messaging.finish(closeGraceMs)
      await connection?.close()
      await messaging.stop()
      await workspace.storage.close()
    },
  }
}

/** The Connection Manager of a workspace. @throws TypeError where no server was ever named */
function connectionManager(
  options: IMClientOptions & { readonly clock: Clock; readonly random: Random },
  handler: SessionHandler,
  { config, emitter, onState }: { config: Config } & Pick<BackendOptions, 'emitter' | 'onState'>,
): ConnectionManager {
  const { openSocket = openWebSocket, connectTimeoutMs = 15_000, requestTimeoutMs = 20_000 } = options
  const { heartbeatGraceMs = 5000, tokenTimeoutMs = 10_000, token, clock, random } = options
  const { imServerUrl, agentId, deviceId } = config
  if (imServerUrl === undefined) throw new TypeError('No server is known: give imServerUrl.')
  const url = endpointUrl(imServerUrl)
  return new ConnectionManager({
    link: new IMLink({ url, openSocket, clock, connectTimeoutMs, requestTimeoutMs, heartbeatGraceMs }),
    handler,
    agentId,
    deviceId,
    token,
    tokenTimeoutMs,
    backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
    clock,
    random,
    onState: state => {
      onState(state)
      emitter.emit('state', state)
    },
    onWake: onRuntimeWake,
  })
}

/** A workspace that cannot be read is given free again. */
async function started(messaging: MessageHandler, workspace: Workspace): Promise<void> {
  try {
    await messaging.start()
  } catch (error) {
    await workspace.storage.close()
    throw error
  }
}
