/** The client's state in numbers. */
import type { ConnectionState } from '../connection/state.ts'
import { deadLetters } from '../storage/dead-letters.ts'
import { configSchema, readStored } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { MessageHandler } from './message-handler.ts'

/** What is counted. */
export interface Counted {
  readonly messaging: MessageHandler
  readonly workspace: Workspace
}

/** Numbers for people and monitors. */
export interface Stats {
  readonly agentId: string
  readonly state: ConnectionState['name']
  readonly conversations: number
  readonly unread: number
  /** Messages that the server has not accepted yet. */
  readonly outbox: number
  /** Messages that the agent has still to process, claimed ones included. */
  readonly pending: number
  /** When the oldest of them was received. */
  readonly oldestPendingAt?: string
  /** How many may wait before senders are asked to come back later, where there is a limit. */
  readonly queueLimit?: number
  /** Whether messages become work here. */
  readonly queue: boolean
  readonly deadLetters: number
  /** Sequences known to be missing. */
  readonly missing: number
  /** Events that came again since the start, and were dropped. */
  readonly duplicates: number
}

/** Counts what is in memory; the dead letters are read. */
export async function collectStats({ messaging, workspace }: Counted, state: ConnectionState): Promise<Stats> {
  const conversations = [...messaging.records.conversations.values()]
  const gaps = conversations.flatMap(record => record.gaps ?? [])
  return {
    agentId: messaging.agentId,
    state: state.name,
    conversations: conversations.length,
    unread: conversations.reduce((sum, record) => sum + record.unreadCount, 0),
    outbox: messaging.records.outbox.size,
    ...(await queueStats({ messaging, workspace })),
    deadLetters: (await deadLetters(workspace.storage).all()).length,
    missing: gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    duplicates: messaging.intake.duplicates,
  }
}

async function queueStats({ messaging, workspace }: Counted) {
  const { pending } = messaging.records
  let oldestPendingAt: string | undefined
  for (const { receivedAt } of pending.values()) {
    if (oldestPendingAt === undefined || receivedAt < oldestPendingAt) oldestPendingAt = receivedAt
  }
  const settings = await workspace.storage.get(['config', 'settings'])
  const { queue = false, queueLimit } = readStored(configSchema.entries.settings, settings ?? {}, 'config.json')
  return {
    queue,
    pending: pending.size,
    ...(oldestPendingAt === undefined ? {} : { oldestPendingAt }),
    ...(queueLimit ? { queueLimit } : {}),
  }
}
