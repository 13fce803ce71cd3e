/** One conversation while a group is formed: what is durable, and above it what the group is about to add. */
import type { ConversationEvent } from '../model/event.ts'
import { EventIndex } from './event-index.ts'
import type { Membership } from './membership.ts'
import type { ConversationView, EventBody, LoggedConversation, LoggedEvent } from './server-log.ts'

/** What the log stamps on an event. */
export interface Stamp {
  readonly id: string
  readonly from: string
  readonly position: number
  readonly acceptedAt: string
}

/** A view of a conversation that can be added to. Nothing of it is seen outside the group. */
export class ConversationDraft implements ConversationView {
  readonly key: string
  readonly durable: LoggedConversation | undefined
  /** The ids of what is durable. */
  readonly index: EventIndex
  readonly events: LoggedEvent[] = []
  readonly #added = new EventIndex()
  #membership: Membership | undefined

  constructor(key: string, durable: LoggedConversation | undefined, index: EventIndex) {
    this.key = key
    this.durable = durable
    this.index = index
  }

  get membership(): Membership | undefined {
    return this.#membership ?? this.durable?.membership
  }

  /** The membership, where this group changes it. */
  get changedMembership(): Membership | undefined {
    return this.#membership
  }

  get lastSeq(): number {
    return (this.durable?.lastSeq ?? 0) + this.events.length
  }

  get lastPosition(): number {
    return this.events.at(-1)?.position ?? this.durable?.lastPosition ?? 0
  }

  find(from: string, id: string): number | undefined {
    return this.index.find(from, id) ?? this.#added.find(from, id)
  }

  findMessage(from: string, id: string): number | undefined {
    return this.index.findMessage(from, id) ?? this.#added.findMessage(from, id)
  }

  findMessageOfAnyone(id: string): number | undefined {
    return this.index.findMessageOfAnyone(id) ?? this.#added.findMessageOfAnyone(id)
  }

  /** An event of this group by its sequence. */
  added(seq: number): ConversationEvent | undefined {
    return this.events[seq - (this.durable?.lastSeq ?? 0) - 1]?.event
  }

  setMembership(membership: Membership): void {
    this.#membership = membership
  }

  /** Stamps an event and adds it. */
  add({ type, fields }: EventBody, { id, from, position, acceptedAt }: Stamp): LoggedEvent {
    const seq = this.lastSeq + 1
    const event = { type, id, conversationId: this.key, seq, from, acceptedAt, ...fields } as ConversationEvent
    const logged = { position, event }
    this.events.push(logged)
    this.#added.add(event)
    return logged
  }
}
