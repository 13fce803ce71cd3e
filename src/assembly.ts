/** Puts the managers of one client together, in the order in which they depend on each other, and takes them down. */
import { DEFAULT_BACKOFF } from './connection/backoff.ts'
import { ConnectionManager } from './connection/connection-manager.ts'
import { IMLink } from './connection/im-link.ts'
import { openWebSocket } from './connection/socket.ts'
import type { ConnectionState } from './connection/state.ts'
import { endpointUrl } from './connection/url.ts'
import { onRuntimeWake } from './connection/wake.ts'
import { Composer } from './messaging/composer.ts'
import type { IMClientEvents } from './messaging/events.ts'
import { MessageHandler } from './messaging/message-handler.ts'
import { type Clock, systemClock, systemRandom } from './model/clock.ts'
import type { Emitter } from './model/emitter.ts'
import { createUuidSource, type UuidSource } from './model/id.ts'
import type { IMClientOptions } from './options.ts'
import { Workspace } from './storage/workspace.ts'

/** The parts of an open client. */
export interface Assembly {
  readonly agentId: string
  readonly workspace: Workspace
  readonly clock: Clock
  readonly messaging: MessageHandler
  readonly composer: Composer
  readonly newId: UuidSource
  /** The Connection Manager. @throws TypeError where no server was ever named */
  readonly connection: () => ConnectionManager
  /** Ends the connection, then the work, then the storage. */
  readonly close: () => Promise<void>
}

const CLOSE_GRACE_MS = 500

/** Opens the workspace and builds everything that stands on it. */
export async function assemble(
  options: IMClientOptions,
  emitter: Emitter<IMClientEvents>,
  onState: (state: ConnectionState) => void,
): Promise<Assembly> {
  const { clock = systemClock, random = systemRandom } = options
  const newId = createUuidSource(clock, random)
  const workspace = new Workspace(options.storage, {
    ...options,
    newDeviceId: newId,
    onRepair: repair => emitter.emit('repair', repair),
    onDamage: error => emitter.emit('error', error),
  })
  if (options.imServerUrl !== undefined) endpointUrl(options.imServerUrl) // before it is stored: it may hold a secret
  const config = await workspace.open()
  const messaging = new MessageHandler({ workspace, config, clock, newId, emitter })
  await started(messaging, workspace)
  let connection: ConnectionManager | undefined
  const connect = () => {
    if (config.imServerUrl === undefined)
      throw new TypeError('Give the server as imServerUrl, on the first run at least.')
    const url = endpointUrl(config.imServerUrl)
    connection ??= new ConnectionManager({
      link: new IMLink({
        url,
        openSocket: options.openSocket ?? openWebSocket,
        clock,
        connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
        requestTimeoutMs: options.requestTimeoutMs ?? 20_000,
        heartbeatGraceMs: options.heartbeatGraceMs ?? 5000,
      }),
      handler: messaging,
      agentId: config.agentId,
      deviceId: config.deviceId,
      token: options.token,
      tokenTimeoutMs: options.tokenTimeoutMs ?? 10_000,
      backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
      clock,
      random,
      onState: state => {
        onState(state)
        emitter.emit('state', state)
      },
      onWake: onRuntimeWake,
    })
    return connection
  }
  return {
    agentId: config.agentId,
    workspace,
    clock,
    messaging,
    composer: new Composer(messaging, { newId, clock }),
    newId,
    connection: connect,
    close: async () => {
      await connection?.close()
      await messaging.stop(options.closeGraceMs ?? CLOSE_GRACE_MS)
      await workspace.storage.close()
    },
  }
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
