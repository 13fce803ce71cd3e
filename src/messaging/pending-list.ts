/** Looking at the pending queue: which items a query names, and in which order. */
import { hasExpired, type Importance, type StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import type { PendingItem } from '../storage/pending-item.ts'
import type { History } from './history.ts'

/** What to look at. */
export interface PendingQuery {
  readonly conversationId?: string
  readonly state?: PendingItem['state']
  readonly importance?: Importance
  /** Only what `claimMessages` could give out now, or once the work before it in its conversation is done. */
  readonly claimable?: boolean
}

/** A message that is still to be worked on, and what is known of the work. Times are ISO 8601. */
export interface PendingEntry {
  readonly message: Message
  readonly state: 'waiting' | 'claimed'
  /** How often it was claimed. */
  readonly attempts: number
  readonly receivedAt: string
  /** It was given back, and is not to be claimed before this. */
  readonly notBefore?: string
  /** Why the last attempt failed. */
  readonly lastError?: string
  /** How long somebody has it in hands. */
  readonly lease?: { readonly claimedAt: string; readonly until: string }
}

/** What keeps an item from being claimed. */
export interface Holds {
  /** Somebody works on it, or it was put off. */
  holds(item: PendingItem): boolean
  /** Something is missing before it. */
  isBehindGap(item: PendingItem): boolean
}

const IMPORTANCES: readonly Importance[] = ['low', 'normal', 'high']

/** The higher, the more important. */
export function importanceRank({ importance = 'normal' }: Pick<StoredMessage, 'importance'>): number {
  return IMPORTANCES.indexOf(importance)
}

/** The items that a query names, by age of their conversations, each in its order; not those with which nobody is to begin. */
export function selectPending(
  all: Iterable<PendingItem>,
  query: PendingQuery,
  { now, ...holds }: Holds & { readonly now: number },
): PendingItem[] {
  const items = sorted([...all])
  const within = query.claimable ? claimable(items, holds) : items
  return within.filter(({ message, state, lease }) => {
    const { conversationId, importance = 'normal' } = message
    return (
      (query.conversationId ?? conversationId) === conversationId &&
      (query.state ?? state) === state &&
      (query.importance ?? importance) === importance &&
      (lease !== undefined || !hasExpired(message, now))
    )
  })
}

/** Their messages. */
export function viewItems(items: readonly PendingItem[], history: History): Promise<Message[]> {
  return Promise.all(items.map(({ message }) => history.view(message)))
}

/** The items as a program sees them: whoever knows the token of a lease could end the work of another. */
export function viewEntries(items: readonly PendingItem[], history: History): Promise<PendingEntry[]> {
  return Promise.all(
    items.map(async ({ message, releasedAt: _, lease, ...facts }) => ({
      message: await history.view(message),
      ...facts,
      ...(lease ? { lease: { claimedAt: lease.claimedAt, until: lease.until } } : {}),
    })),
  )
}

/** The first item of a conversation holds back the others while it cannot be claimed. */
function claimable(items: readonly PendingItem[], { holds, isBehindGap }: Holds): PendingItem[] {
  const open = new Map<string, boolean>()
  return items.filter(item => {
    const { conversationId } = item.message
    const isFree = !holds(item) && !isBehindGap(item)
    if (!open.has(conversationId)) open.set(conversationId, isFree)
    return isFree && open.get(conversationId)
  })
}

function sorted(items: PendingItem[]): PendingItem[] {
  items.sort((a, b) => a.message.seq - b.message.seq)
  const since = new Map<string, string>()
  for (const { message, receivedAt } of items) {
    if (!since.has(message.conversationId)) since.set(message.conversationId, receivedAt)
  }
  const age = ({ message }: PendingItem) => since.get(message.conversationId) ?? ''
  return items.sort((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0))
}
