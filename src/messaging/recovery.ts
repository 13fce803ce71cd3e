/**
 * What a new session has to bring back. With a cursor that the server still knows, the feed does it; without, each
 * conversation is compared with the server's and what is missing becomes a gap, which is then filled newest page first.
 */
import type { LinkSession } from '../connection/link.ts'
import type { ConversationRecord } from '../model/conversation.ts'
import type { ConversationInfo } from '../protocol/schemas.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { ConversationGaps, RecoveryReport } from './events.ts'
import { addGap } from './gaps.ts'
import type { Intake } from './intake.ts'
import type { Ledger } from './ledger.ts'
import { numberEvent, numberReceipt, serverSeq } from './numbering.ts'
import { newConversation, type Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What recovery works with. */
export interface RecoveryOptions {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly intake: Intake
}

const PAGE = 200

/** Compares, records what is missing, and fills it. */
export class Recovery {
  readonly #options: RecoveryOptions

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /**
   * Compares every conversation with the server's, and stores what is missing together with the new cursor.
   * @throws IMError those of the session and of the write
   */
  async reset(session: LinkSession): Promise<RecoveryReport> {
    const { ledger, workspace } = this.#options
    const cursor = await workspace.cursor()
    const renumbered = cursor !== undefined && cursor.epoch !== session.epoch
    const infos = await listConversations(session)
    if (renumbered) await this.#rememberMessages(infos)
    await ledger.transact(transaction => {
      if (renumbered) this.#renumber(transaction)
      for (const info of infos) this.#compare(transaction, info)
      transaction.write(workspace.putCursor({ epoch: session.epoch, offset: session.offset }))
    })
    const gaps = this.gaps()
    return renumbered ? { kind: 'reset', epoch: session.epoch, gaps } : { kind: 'partial', gaps }
  }

  /** The conversations that miss something. */
  gaps(): ConversationGaps[] {
    const records = [...this.#options.records.conversations.values()]
    return records.flatMap(({ conversationId, gaps = [] }) => (gaps.length > 0 ? [{ conversationId, gaps }] : []))
  }

  /**
   * Fetches what is missing, newest page first, until nothing is or the session ends.
   * @throws IMError those of the session and of the write
   */
  async fill(session: LinkSession): Promise<void> {
    for (const { conversationId } of this.gaps()) {
      while (await this.#fillPage(session, conversationId)) {
        // each page is stored before the next is asked for
      }
    }
  }

  /** Fetches the newest missing page of a conversation; says whether there is more to do. */
  async #fillPage(session: LinkSession, conversationId: string): Promise<boolean> {
    const { records, ledger, intake } = this.#options
    const record = records.conversations.get(conversationId)
    const gap = record?.gaps?.at(-1)
    if (!record || !gap) return false
    const low = Math.max(gap.from, gap.to - PAGE + 1)
    const { events, firstSeq } = await session.request('history.fetch', {
      conversationId,
      after: serverSeq(low, record) - 1,
      before: serverSeq(gap.to, record) + 1,
      limit: PAGE,
      newest: true,
    })
    await ledger.transact(transaction => {
      for (const event of events) intake.event(transaction, numberEvent(event, record))
      intake.gap(transaction, conversationId, {
        remove: this.#settled(events, { low, high: gap.to, firstSeq, record }),
      })
    })
    return true
  }

  /** The range that the answer settles: all that was asked for, or down to the lowest event that fitted into the page. */
  #settled(
    events: readonly { seq: number }[],
    { low, high, firstSeq, record }: { low: number; high: number; firstSeq: number; record: ConversationRecord },
  ): [number, number] {
    const lowest = events[0] && events[0].seq + (record.epochBase ?? 0)
    const visibleFrom = firstSeq + (record.epochBase ?? 0)
    const complete = lowest === undefined || lowest <= Math.max(low, visibleFrom)
    return [complete ? low : lowest, high]
  }

  /** A conversation of which the server tells: its members, its title, its end. */
  #compare(transaction: Transaction, info: ConversationInfo): void {
    const { records, agentId, intake } = this.#options
    const { conversationId } = info
    const known = transaction.get(records.conversations, conversationId) ?? newConversation(conversationId, agentId)
    const base = known.epochBase ?? 0
    const last = info.lastSeq + base
    const from = Math.max(known.lastSeq, info.firstSeq + base - 1) + 1
    const joined = known.lastSeq === 0 && info.firstSeq > 1 ? { firstSeq: info.firstSeq } : {}
    transaction.put(records.conversations, {
      ...known,
      ...joined,
      kind: info.kind,
      participants: info.participants,
      ...(info.title === undefined ? {} : { title: info.title }),
      gaps: addGap(known.gaps ?? [], from, last),
      lastSeq: Math.max(known.lastSeq, last),
    })
    for (const [reader, position] of Object.entries(info.positions)) {
      intake.receipt(transaction, numberReceipt({ conversationId, reader, ...position }, known))
    }
  }

  /** Every conversation's new numbering begins above its old one, and what the old one missed is not to be had. */
  #renumber(transaction: Transaction): void {
    const { conversations } = this.#options.records
    for (const record of conversations.values()) {
      transaction.put(conversations, { ...record, epochBase: record.lastSeq, gaps: [] })
    }
  }

  /** Reads the ids of all that is stored: the rebuilt server may know the same messages under other numbers. */
  async #rememberMessages(infos: readonly ConversationInfo[]): Promise<void> {
    const { workspace, intake } = this.#options
    for (const { conversationId } of infos) {
      for await (const events of workspace.history.pages(conversationId)) intake.rememberAll(events)
    }
  }
}

async function listConversations(session: LinkSession): Promise<ConversationInfo[]> {
  const infos: ConversationInfo[] = []
  let after: string | undefined
  do {
    const page = await session.request('conversation.list', after === undefined ? {} : { after })
    infos.push(...page.conversations)
    after = page.next
  } while (after !== undefined)
  return infos
}
