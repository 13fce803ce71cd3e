/**
 * The Storage Manager: opens one agent's workspace on any adapter, checks whose it is, and gives its stores.
 * The stores read and prepare; what belongs together is written together, by whoever knows what that is.
 */
import type { IMError } from '../errors.ts'
import { conversationRecordSchema } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import type { Json } from '../model/json.ts'
import { type Cursor, cursorSchema } from '../protocol/schemas.ts'
import { Collection } from './collection.ts'
import type { StorageAdapter, StorageRepair, WriteOperation } from './contract.ts'
import { type Config, configSchema, FORMAT_VERSION, outboxEntrySchema, readStored } from './schema.ts'

/** What a program says of the workspace; what it leaves out is as it was on the last run. */
export interface WorkspaceOptions {
  readonly agentId?: string
  readonly imServerUrl?: string
  readonly queue?: boolean
  readonly queueLimit?: number
  /** Makes the device's id on the first run. */
  readonly newDeviceId: () => string
  readonly onRepair: (repair: StorageRepair) => void
  readonly onDamage: (error: IMError) => void
}

/** One agent's durable state. */
export class Workspace {
  readonly storage: StorageAdapter
  readonly conversations
  readonly outbox
  readonly pending
  /** Told of each stored event that is left out because it does not fit its schema. */
  readonly onDamage: (error: IMError) => void
  readonly #options: WorkspaceOptions

  constructor(storage: StorageAdapter, options: WorkspaceOptions) {
    this.storage = storage
    this.conversations = new Collection(storage, 'conversations', conversationRecordSchema)
    this.outbox = new Collection(storage, 'outbox', outboxEntrySchema)
    this.pending = new Collection(storage, 'pending', async () => (await import('./pending-item.ts')).pendingItemSchema)
    this.onDamage = options.onDamage
    this.#options = options
  }

  /**
   * Opens the storage and gives the configuration in force.
   * @throws IMError those of the adapter's `open`, `WORKSPACE_AGENT_MISMATCH`, `WORKSPACE_FORMAT_UNSUPPORTED`
   */
  async open(): Promise<Config> {
    await this.storage.open({ onRepair: this.#options.onRepair, onFailure: this.onDamage })
    try {
      return await this.#configure()
    } catch (error) {
      await this.storage.close()
      throw error
    }
  }

  /** Where the account's change feed goes on; `undefined` before anything was received. */
  async cursor(): Promise<Cursor | undefined> {
    const value = await this.storage.get(['state', 'cursor'])
    return value === undefined ? undefined : readStored(cursorSchema, value, 'state.json')
  }

  putCursor(cursor: Cursor): WriteOperation {
    return { type: 'put', key: ['state', 'cursor'], value: cursor }
  }

  /** An event of a conversation's log, which `history-store.ts` reads. */
  putEvent(event: ConversationEvent): WriteOperation {
    return { type: 'put', key: ['events', event.conversationId, event.seq], value: event as unknown as Json }
  }

  async #configure(): Promise<Config> {
    const stored = await this.#stored()
    const config = this.#merge(stored)
    const changes = Object.entries(config).filter(
      ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(stored[name]),
    )
    const batch = changes.map(([name, value]): WriteOperation => ({ type: 'put', key: ['config', name], value }))
    if (batch.length > 0) await this.storage.write(batch)
    return config
  }

  /** @throws IMError `WORKSPACE_AGENT_MISMATCH`, `WORKSPACE_FORMAT_UNSUPPORTED` */
  async #stored(): Promise<Record<string, unknown>> {
    const entries = await this.storage.list(['config'])
    const stored = Object.fromEntries(entries.map(({ key, value }) => [key[1], value]))
    const { formatVersion, agentId: owner } = stored
    const { agentId = owner } = this.#options
    const isNewer = typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION
    if (isNewer || agentId === undefined || agentId !== (owner ?? agentId)) {
      throw (await import('./unfit.ts')).unfit(formatVersion, owner, this.#options.agentId)
    }
    return stored
  }

  #merge(stored: Record<string, unknown>): Config {
    const { agentId = stored['agentId'], imServerUrl, queue, queueLimit } = this.#options
    const draft = {
      deviceId: this.#options.newDeviceId(),
      settings: {},
      ...stored,
      formatVersion: FORMAT_VERSION,
      agentId,
    }
    const { settings, ...config } = readStored(configSchema, draft as never, 'config.json')
    return {
      settings: {
        ...settings,
        ...(queue === undefined ? {} : { queue }),
        ...(queueLimit === undefined ? {} : { queueLimit }),
      },
      ...config,
      ...(imServerUrl === undefined ? {} : { imServerUrl }),
    }
  }
}
