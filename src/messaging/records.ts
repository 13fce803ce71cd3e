/** What the Message Handler keeps in memory, and who this client is. */
import type { ConversationRecord } from '../model/conversation.ts'
import { isGroupId } from '../model/id.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { OutboxEntry } from '../storage/schema.ts'
import type { Workspace } from '../storage/workspace.ts'
import { Table } from './table.ts'

/** The records in memory. */
export class Records {
  readonly conversations: Table<ConversationRecord>
  readonly outbox: Table<OutboxEntry>
  readonly pending: Table<PendingItem>

  constructor(workspace: Workspace) {
    this.conversations = new Table(workspace.conversations, record => [record.conversationId])
    this.outbox = new Table(workspace.outbox, entry => [entry.id])
    this.pending = new Table(workspace.pending, ({ message }) => [message.conversationId, message.seq])
  }

  async load(): Promise<void> {
    await Promise.all([this.conversations.load(), this.outbox.load(), this.pending.load()])
  }
}

/** A conversation of which nothing is known but its id. */
export function newConversation(conversationId: string, agentId: string): ConversationRecord {
  const group = isGroupId(conversationId)
  const participants = group ? [] : [...new Set([agentId, conversationId])]
  return {
    conversationId,
    kind: group ? 'group' : 'direct',
    participants,
    lastSeq: 0,
    processedSeq: 0,
    unreadCount: 0,
    positions: {},
  }
}
