/**
 * What a new session has to bring back. With a cursor that the server still knows, the feed does it; without, each
 * conversation is compared with the server's and what is missing becomes a gap, which is then filled newest page first.
 */
import type { LinkSession } from '../connection/link.ts'
import { IMError } from '../errors.ts'
import { type ConversationRecord, joinPositions } from '../model/conversation.ts'
import type { ConversationEvent } from '../model/event.ts'
import type { ConversationInfo } from '../protocol/rare-results.ts'
import type { Cursor } from '../protocol/schemas.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { ConversationGaps, RecoveryReport } from './events.ts'
import { addGap } from './gaps.ts'
import type { Intake } from './intake.ts'
import type { Ledger } from './ledger.ts'
import { endNumbering, numberEvent, numberReceipt, serverSeq } from './numbering.ts'
import { nameOf } from './recent.ts'
import { newConversation, type Records } from './records.ts'
import type { Transaction } from './transaction.ts'

/** What recovery works with. */
export interface RecoveryOptions {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly intake: Intake
  /** The server does not have what is missing. */
  readonly onError: (error: IMError) => void
}

const PAGE = 200

/** A pause after a refusal that does not say when to come back, in milliseconds. */
const PAUSE_MS = 1000

/** That all of a conversation is here although the server does not know it: it counts nothing as delivered until it is told. */
function held({ positions }: ConversationRecord, agentId: string, delivered: number) {
  const position = joinPositions(positions[agentId] ?? {}, { delivered })
  return { positions: { ...positions, [agentId]: position }, unreported: true }
}

/** A page of history, or why there will never be one. */
interface Page {
  readonly events: readonly ConversationEvent[]
  /** Where what this account may see begins. */
  readonly firstSeq?: number
  readonly refusal?: IMError
}

/** Compares, records what is missing, and fills it. */
export class Recovery {
  readonly #options: RecoveryOptions

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /**
   * Begins a session without a cursor that the server knows. What one's own answers number is of an epoch too, although the
   * feed has brought nothing yet, so the epoch is stored before the first of them.
   * @throws IMError those of the session and of the write
   */
  async begin(session: LinkSession): Promise<RecoveryReport> {
    const { ledger, workspace } = this.#options
    const { epoch, recovered } = session.facts
    const cursor = await workspace.cursor()
    if (!recovered || (cursor && cursor.epoch !== epoch)) return this.#reset(session, cursor)
    if (!cursor) await ledger.transact(transaction => transaction.write(workspace.putCursor({ epoch, offset: 0 })))
    return { kind: 'recovered' }
  }

  /** Compares every conversation with the server's, and stores what is missing together with the new cursor. */
  async #reset(session: LinkSession, cursor: Cursor | undefined): Promise<RecoveryReport> {
    const { ledger, workspace } = this.#options
    const renumbered = cursor !== undefined && cursor.epoch !== session.facts.epoch
    const infos = await listConversations(session)
    await ledger.transact(transaction => {
      if (renumbered) this.#renumber(transaction)
      for (const info of infos) this.#compare(transaction, info)
      transaction.write(workspace.putCursor({ epoch: session.facts.epoch, offset: session.facts.offset }))
    })
    const gaps = this.gaps()
    return renumbered ? { kind: 'reset', epoch: session.facts.epoch, gaps } : { kind: 'partial', gaps }
  }

  /** The conversations that miss something. */
  gaps(): ConversationGaps[] {
    const records = [...this.#options.records.conversations.values()]
    return records.flatMap(({ conversationId, gaps = [] }) => (gaps.length > 0 ? [{ conversationId, gaps }] : []))
  }

  /**
   * Fetches what is missing, newest page first, until nothing is or the session ends. What the server refuses for good is
   * missing no more, and told as lost. What it refuses for the moment ends this with the pause after which to go on, in
   * milliseconds.
   * @throws IMError those of the session and of the write
   */
  async fill(session: LinkSession): Promise<number | undefined> {
    try {
      for (let [next] = this.gaps(); next; [next] = this.gaps()) await this.#fillPage(session, next.conversationId)
    } catch (error) {
      if (!(error instanceof IMError && error.retryable) || /^(CONNECTION|STORAGE)_/.test(error.code)) throw error
      return error.retryAfterMs ?? PAUSE_MS
    }
    return undefined
  }

  /** Fetches the newest missing page of a conversation, and stores it before the next is asked for. */
  async #fillPage(session: LinkSession, conversationId: string): Promise<void> {
    const { records, ledger, intake } = this.#options
    await this.#readFormer(conversationId)
    const record = records.conversations.get(conversationId)
    const gap = record?.gaps?.at(-1)
    if (!record || !gap) return
    const low = Math.max(gap.from, gap.to - PAGE + 1)
    const after = serverSeq(low, record) - 1
    const before = serverSeq(gap.to, record) + 1
    const range = { conversationId, after, before, limit: PAGE, newest: true }
    const { events, firstSeq = 1, refusal }: Page = await session.request('history.fetch', range).catch(refusedForGood)
    await ledger.transact(transaction => {
      for (const event of events) intake.event(transaction, numberEvent(event, record))
      this.#hide(transaction, conversationId, firstSeq)
      const lowest = events[0] && events[0].seq + (record.epochBase ?? 0)
      if (lowest !== undefined && lowest <= gap.to && lowest > low) return // the page was full: the rest comes with the next
      const rest = transaction.get(records.conversations, conversationId)?.gaps ?? []
      if (rest.some(({ from, to }) => from <= gap.to && to >= low))
        this.#lost({ conversationId, from: low, to: gap.to }, refusal)
      intake.giveUp(transaction, conversationId, [low, gap.to])
    })
  }

  /** What was said before this account joined is not missing: its own message may have been the first that it saw. */
  #hide(transaction: Transaction, conversationId: string, firstSeq: number): void {
    const { records, intake } = this.#options
    const { epochBase = 0, gaps = [] } = transaction.get(records.conversations, conversationId) ?? {}
    if (gaps[0]?.from !== epochBase + 1 || firstSeq === 1) return
    intake.giveUp(transaction, conversationId, [epochBase + 1, epochBase + firstSeq - 1])
  }

  /** The server no longer has what is missing, or does not give it. Nothing is skipped in silence. */
  #lost(details: { conversationId: string; from: number; to: number }, cause: IMError | undefined): void {
    const message = 'The server no longer has some events that are missing here.'
    this.#options.onError(new IMError('HISTORY_UNAVAILABLE', message, { details, cause }))
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
    const gaps = addGap(known.gaps ?? [], from, last)
    const isHeld = gaps.length === 0 && info.lastSeq > (info.positions[agentId]?.delivered ?? 0)
    transaction.put(records.conversations, {
      ...known,
      ...(isHeld ? held(known, agentId, last) : {}),
      ...joined,
      kind: info.kind,
      participants: info.participants,
      ...(info.title === undefined ? {} : { title: info.title }),
      gaps,
      lastSeq: Math.max(known.lastSeq, last),
    })
    for (const [reader, position] of Object.entries(info.positions)) {
      intake.receipt(transaction, numberReceipt({ ...position, conversationId, reader }, known))
    }
  }

  /** Every conversation's new numbering begins above its old one, and what the old one missed is not to be had. */
  #renumber(transaction: Transaction): void {
    const { conversations } = this.#options.records
    for (const record of conversations.values()) {
      transaction.put(conversations, endNumbering(record))
    }
    transaction.after(() => this.#options.intake.recent.former.clear())
  }

  /**
   * Reads what the conversations of these events held under earlier numberings, unless that is known. Before the first event that comes under
   * the present one: a server that was rebuilt may know the same events under other numbers, now and whenever somebody
   * who was away sends again.
   */
  async readFormer(events: readonly { readonly conversationId: string }[]): Promise<void> {
    for (const { conversationId } of events) await this.#readFormer(conversationId)
  }

  async #readFormer(conversationId: string): Promise<void> {
    const { workspace, intake, records } = this.#options
    const base = () => records.conversations.get(conversationId)?.epochBase
    const { former } = intake.recent
    for (let read = base(); read && !former.has(conversationId); read = base()) {
      const names = new Map<string, number>()
      for await (const events of historyOf(workspace).pages(conversationId))
        for (const event of events) if (event.seq <= read) names.set(nameOf(event), event.seq)
      if (read === base()) former.set(conversationId, names) // numbered anew meanwhile: there is more
    }
  }
}

/** A page that will never be given has nothing on it. @throws what may go otherwise the next time */
function refusedForGood(error: unknown): Page {
  if (!(error instanceof IMError) || error.retryable || error.code === 'CLIENT_CLOSED') throw error
  return { events: [], refusal: error }
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
