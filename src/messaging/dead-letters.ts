/** Dead letters: what was given up, for people to look at, to try once more, or to throw away. */
import type { IMErrorCode } from '../errors.ts'
import type { Message } from '../model/message.ts'
import type { KeyPart } from '../storage/contract.ts'
import { deadLetters, type DeadLetter as StoredLetter } from '../storage/dead-letters.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Guard } from './guard.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Outbox } from './outbox.ts'
import type { Records } from './records.ts'
import { heldFailure, viewUnsent } from './unsent.ts'

/** A message that was given up. */
export interface DeadLetter {
  /** `unsent`: one's own, which the server refused. `held`: likewise, by the loop guard. `pending`: one that was to be worked on. */
  readonly kind: 'unsent' | 'held' | 'pending'
  readonly message: Message
  readonly reason: string
  /** With which code the server refused it. */
  readonly code?: IMErrorCode
  /** How often it was worked on. */
  readonly attempts: number
  /** When it came in; of one's own, when it was written. ISO 8601. */
  readonly receivedAt: string
  /** When it was given up, or held back, ISO 8601. */
  readonly failedAt: string
  /** When what is held back goes on by itself. */
  readonly until?: string
}

/** Which of them; all by default. */
export interface DeadLetterQuery {
  readonly kind?: DeadLetter['kind']
  readonly conversationId?: string
  /** The ids of their messages. */
  readonly messageIds?: readonly string[]
}

/** What they are kept by. */
export interface DeadLetterPlaces {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly history: History
  readonly guard: Pick<Guard, 'exempt'>
}

/** Those that a query names, the oldest first. Changes of messages (edits, deletions, reactions) are none. */
export async function listDeadLetters(places: DeadLetterPlaces, query: DeadLetterQuery): Promise<DeadLetter[]> {
  const letters = await find(places.workspace, query)
  const views = await Promise.all(letters.map(letter => view(letter, places)))
  return views.filter(letter => letter !== undefined).sort((a, b) => (a.failedAt < b.failedAt ? -1 : 1))
}

/** What a redrive has done. */
export interface Redriven {
  readonly count: number
  /** Those with new work. */
  readonly conversations: ReadonlySet<string>
}

/** Puts them back to where they failed, as if for the first time. Two at once would do it twice: one after the other. */
export async function redriveDeadLetters(places: DeadLetterPlaces, query: DeadLetterQuery): Promise<Redriven> {
  const { workspace, records, ledger, outbox, guard } = places
  const letters = await find(workspace, query)
  const conversations = new Set<string>()
  for (const letter of letters) {
    if (letter.kind !== 'pending') {
      const { order: _, ...draft } = letter.entry
      guard.exempt(draft.id)
      await outbox.enqueue(draft, true)
      continue
    }
    const { receivedAt } = letter.item
    const { expiresAt: _, ...message } = letter.item.message // whoever redrives it wants it done all the same
    conversations.add(message.conversationId)
    await ledger.transact(transaction => {
      transaction.put(records.pending, { message, state: 'waiting', attempts: 0, receivedAt })
      transaction.write(deadLetters(workspace.storage).delete(...keyOf(letter)))
    })
  }
  return { count: letters.length, conversations }
}

/** Throws them away, for good. Gives how many. */
export async function purgeDeadLetters(
  { workspace, ledger }: DeadLetterPlaces,
  query: DeadLetterQuery,
): Promise<number> {
  const letters = await find(workspace, query)
  await ledger.transact(transaction => {
    for (const letter of letters) transaction.write(deadLetters(workspace.storage).delete(...keyOf(letter)))
  })
  return letters.length
}

async function find(
  workspace: Workspace,
  { kind, conversationId, messageIds }: DeadLetterQuery,
): Promise<StoredLetter[]> {
  const letters = await deadLetters(workspace.storage).all()
  return letters.filter(letter => {
    const about = letter.kind === 'pending' ? letter.item.message : letter.entry
    return (
      (kind === undefined || letter.kind === kind) &&
      (conversationId === undefined || about.conversationId === conversationId) &&
      (messageIds === undefined || messageIds.includes(about.id))
    )
  })
}

function keyOf(letter: StoredLetter): KeyPart[] {
  if (letter.kind !== 'pending') return [letter.entry.id]
  const { conversationId, seq } = letter.item.message
  return [conversationId, seq]
}

async function view(letter: StoredLetter, { history }: DeadLetterPlaces): Promise<DeadLetter | undefined> {
  const { failedAt } = letter
  if (letter.kind === 'pending') {
    const { message, attempts, receivedAt } = letter.item
    const { kind, reason } = letter
    return { kind, message: await history.view(message), reason, attempts, receivedAt, failedAt }
  }
  const { kind, entry } = letter
  const message = await viewUnsent(letter, history.viewpoint)
  if (!message) return undefined
  const { code, message: reason } = letter.kind === 'unsent' ? letter.failure : heldFailure(letter)
  const until = letter.kind === 'held' && letter.until !== undefined ? { until: letter.until } : {}
  return { kind, message, reason, code, attempts: 0, receivedAt: entry.sentAt, failedAt, ...until }
}
