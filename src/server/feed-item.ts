/** What a feed carries, as texts: an event of a group is encoded once, however many members it has. */
import type { ReaderPosition } from '../model/conversation.ts'
import { type Membership, visibleSpan } from './membership.ts'
import { positionsWithin } from './reader-positions.ts'
import type { LoggedConversation, LoggedEvent, Publication } from './server-log.ts'

/** One entry of a session's feed. */
export interface FeedItem {
  /** The feed is complete up to here once this item is out. */
  offset: number
  readonly text: string
  /** Where an event is; absent for a receipt and for the account's own events. */
  readonly delivers?: { readonly key: string; readonly seq: number }
  /** Which receipt this is: a later one of the same name says everything that it says. */
  readonly receiptName?: string
}

/** The id under which an account knows a conversation: the other side's, or the group's. */
export function conversationIdFor(viewer: string, key: string, { kind, members }: Membership): string {
  if (kind === 'group') return key
  for (const agentId of members.keys()) if (agentId !== viewer) return agentId
  return viewer // a conversation with oneself
}

/** An event as its viewer knows it. */
export function eventFor(viewer: string, { event }: LoggedEvent, { key, membership }: LoggedConversation) {
  if (membership.kind === 'group') return event
  return { ...event, conversationId: conversationIdFor(viewer, key, membership) }
}

/** The JSON text of {@link eventFor}. */
export function eventText(viewer: string, logged: LoggedEvent, conversation: LoggedConversation): string {
  return JSON.stringify(eventFor(viewer, logged, conversation))
}

/** An event as an item of its viewer's feed. */
export function eventItem(viewer: string, text: string, { event, position }: LoggedEvent, key: string): FeedItem {
  if (event.from === viewer) return { offset: position, text }
  return { offset: position, text, delivers: { key, seq: event.seq } }
}

/** How far a reader has come, as an item of its viewer's feed. */
export function receiptItem(
  viewer: string,
  receipt: { readonly conversation: LoggedConversation; readonly reader: string; readonly positions: ReaderPosition },
  offset: number,
): FeedItem {
  const { conversation, reader, positions } = receipt
  const conversationId = conversationIdFor(viewer, conversation.key, conversation.membership)
  const span = positions.outcomes && visibleSpan(conversation.membership, viewer)
  const text = JSON.stringify({ conversationId, reader, ...(span ? positionsWithin(positions, span) : positions) })
  return { offset, text, receiptName: JSON.stringify([conversation.key, reader]) }
}

/** Makes the items of one publication for whoever asks, and encodes each distinct text once. */
export class PublishedItems {
  readonly #publication: Publication
  #shared: string | undefined

  constructor(publication: Publication) {
    this.#publication = publication
  }

  for(viewer: string): FeedItem {
    const publication = this.#publication
    const { conversation } = publication
    if (publication.kind === 'receipt') {
      const { reader, state } = publication
      return receiptItem(viewer, { conversation, reader, positions: state.positions }, state.position)
    }
    return eventItem(viewer, this.#eventText(viewer, publication.logged), publication.logged, conversation.key)
  }

  #eventText(viewer: string, logged: LoggedEvent): string {
    const { conversation } = this.#publication
    if (conversation.membership.kind === 'direct') return eventText(viewer, logged, conversation)
    this.#shared ??= eventText(viewer, logged, conversation)
    return this.#shared
  }
}

/** The text of a `feed.events` notification, put together from texts. */
export function feedFrame(offset: number, items: readonly FeedItem[]): string {
  const events: string[] = []
  const receipts = new Map<string, string>()
  for (const { text, receiptName } of items) {
    if (receiptName === undefined) events.push(text)
    else receipts.set(receiptName, text)
  }
  const params = `{"offset":${offset},"events":[${events.join()}],"receipts":[${[...receipts.values()].join()}]}`
  return `{"jsonrpc":"2.0","method":"feed.events","params":${params}}`
}
