/** What later events make of messages: edits, deletions, reactions. Loaded with the first conversation that has any. */
import { type ConversationEvent, isKnownEvent, type ReactionEvent } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import { type Amendment, viewData } from './view.ts'

/** By the id of the message; each list in the order of the log. */
type ByTarget = Map<string, Amendment[]>

/** The amendments of whole conversations: each read once, when first asked for, and kept true from then on. */
export class Amendments {
  readonly #workspace: Workspace
  readonly #known = new Map<string, Promise<ByTarget>>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** A message with what came of it. @throws IMError those of reading */
  async amend(message: Message): Promise<Message> {
    return apply(message, (await this.#of(message.conversationId)).get(message.id))
  }

  /** As {@link amend}, for messages of one conversation; from these events alone where they hold all that is to know. */
  async amendAll(
    conversationId: string,
    messages: readonly Message[],
    events?: readonly ConversationEvent[],
  ): Promise<Message[]> {
    const amendments = events ? amendmentsAmong(events) : await this.#of(conversationId)
    return Promise.all(messages.map(message => apply(message, amendments.get(message.id))))
  }

  /** The ids of the messages of a conversation that were amended. @throws as {@link amend} */
  async targets(conversationId: string): Promise<Pick<ReadonlySet<string>, 'has'>> {
    return this.#of(conversationId)
  }

  /** Takes note of an event that was stored, at whatever place of its conversation, also while that is being read. */
  note(event: ConversationEvent): void {
    const known = this.#known.get(event.conversationId)
    if (known && isAmendment(event)) void known.then(amendments => insert(amendments, event), ignoreFailedRead)
  }

  /** All amendments of a conversation. A failure is not kept: the next one who asks reads again. */
  #of(conversationId: string): Promise<ByTarget> {
    const known = this.#known.get(conversationId)
    if (known) return known
    const reading = this.#read(conversationId)
    this.#known.set(conversationId, reading)
    reading.catch(() => this.#known.delete(conversationId)) // whoever asked is told
    return reading
  }

  async #read(conversationId: string): Promise<ByTarget> {
    const amendments: ByTarget = new Map()
    for await (const events of historyOf(this.#workspace).pages(conversationId)) {
      for (const event of events.filter(isAmendment)) insert(amendments, event)
    }
    return amendments
  }
}

function amendmentsAmong(events: readonly ConversationEvent[]): ByTarget {
  const amendments: ByTarget = new Map()
  for (const event of events.filter(isAmendment)) insert(amendments, event)
  return amendments
}

async function apply(message: Message, amendments: readonly Amendment[] = []): Promise<Message> {
  let amended = message
  for (const amendment of amendments) amended = await amend(amended, amendment)
  return amended
}

/** Whoever asked was told; what could not be read is read again, whole. */
function ignoreFailedRead(): void {}

function isAmendment(event: ConversationEvent): event is Amendment {
  return isKnownEvent(event) && (event.type === 'edit' || event.type === 'deletion' || event.type === 'reaction')
}

/** Puts an amendment in its place: what fills a gap arrives later than what follows it. One that is there stays. */
function insert(amendments: ByTarget, amendment: Amendment): void {
  const list = amendments.get(amendment.target) ?? []
  amendments.set(amendment.target, list)
  let place = list.length
  while (place > 0 && (list[place - 1]?.seq ?? 0) > amendment.seq) place -= 1
  if (list[place - 1]?.seq !== amendment.seq) list.splice(place, 0, amendment)
}

async function amend(message: Message, amendment: Amendment): Promise<Message> {
  switch (amendment.type) {
    case 'edit':
      if (amendment.from !== message.from || message.deletedAt) return message
      return { ...message, text: amendment.text, ...(await viewData(amendment.data)), editedAt: amendment.acceptedAt }
    case 'deletion': {
      if (amendment.from !== message.from) return message
      const { data: _, parts: __, ...rest } = message
      return { ...rest, text: '', deletedAt: amendment.acceptedAt }
    }
    case 'reaction':
      return { ...message, reactions: react(message.reactions ?? {}, amendment) }
  }
}

function react(reactions: Readonly<Record<string, readonly string[]>>, { reaction, from, removed }: ReactionEvent) {
  const others = new Map(Object.entries(reactions))
  const readers = (others.get(reaction) ?? []).filter(reader => reader !== from)
  if (!removed) readers.push(from)
  if (readers.length > 0) others.set(reaction, readers)
  else others.delete(reaction)
  return Object.fromEntries(others)
}
