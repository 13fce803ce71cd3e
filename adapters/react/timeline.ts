/**
 * A window over one conversation: its newest messages and what was loaded around them, at most {@link MAX_WINDOW}. What is new is read behind
 * the last; what is there is read again from where something of it may have changed, and no further up.
 */
import type { Change, Conversation, Message } from '../../src/index.ts'
import { keep, keepList, nameOfMessage } from './identity.ts'
import { type Loadable, type News, Store } from './store.ts'

/** What is shown of a conversation. */
export interface TimelineState extends Loadable {
  /** Absent until something of it was accepted or received. */
  readonly conversation?: Conversation | undefined
  /** The oldest first. What waits to be sent is at the end; what was refused stands where it was said. */
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  /** Newer ones are not shown: the window is full. */
  readonly hasNewer: boolean
}

/** Before anything was read. */
export const NO_TIMELINE: TimelineState = {
  messages: [],
  hasOlder: false,
  hasNewer: false,
  isLoading: true,
}

/** Messages that are read at once. */
const PAGE = 50

/** New messages that are read at once. */
const NEWS = 200

/** More are never kept: those at the other end go when a page is loaded. */
export const MAX_WINDOW = 1000

/** See the head of this file. */
export class Timeline extends Store<TimelineState> {
  #conversation: Conversation | undefined
  /** What the server has accepted, by seq. */
  #accepted: readonly Message[] = []
  /** What waits to be sent, where the window reaches the end. */
  #queued: readonly Message[] = []
  /** What was refused or held back. */
  #unsent: readonly Message[] = []
  #hasOlder = false
  #hasNewer = false
  #isRead = false

  /** Loads the page above. A failure is shown. */
  loadOlder(): Promise<void> {
    return this.enqueue(async () => {
      if (this.#hasOlder) {
        const page = await this.#page({ before: this.#accepted[0]?.seq, limit: PAGE })
        const all = [...page, ...this.#accepted]
        this.#accepted = all.slice(0, MAX_WINDOW)
        this.#hasOlder = page.length === PAGE
        if (all.length > MAX_WINDOW) this.#hasNewer = true
      }
      return this.#shown()
    })
  }

  /** Loads the page below, where the window does not reach the end. A failure is shown. */
  loadNewer(): Promise<void> {
    return this.enqueue(async () => {
      if (this.#hasNewer) this.#hasNewer = !(await this.#follow(PAGE))
      return this.#shown()
    })
  }

  /** Shows the newest messages, where the window does not reach the end. A failure is shown. */
  loadNewest(): Promise<void> {
    return this.enqueue(async () => {
      if (this.#hasNewer) await this.#begin()
      return this.#shown()
    })
  }

  protected override concerns({ conversations, deadLetters }: Change): boolean {
    return deadLetters || conversations.includes(this.id)
  }

  protected override async read(news: News) {
    const { client } = this
    if (news.some(change => change?.deadLetters ?? true)) await this.#readUnsent()
    const [conversation] = await client.listConversations({ conversationIds: [this.id] })
    const before = this.#conversation
    this.#conversation = conversation && keep(before, conversation)
    if (!this.#isRead) await this.#begin()
    else if ((await this.#hasAmendments(before?.lastSeq ?? 0)) || news.includes(undefined)) await this.#reread(0)
    else await this.#reread(changedAbove(before, this.#conversation))
    return this.#shown()
  }

  async #begin(): Promise<void> {
    this.#accepted = await this.#page({ before: Number.MAX_SAFE_INTEGER, limit: PAGE })
    this.#hasOlder = this.#accepted.length === PAGE
    this.#hasNewer = false
    while (!(await this.#follow(NEWS))) {} // whatever came meanwhile
    this.#isRead = true
  }

  /** Reads what is new; gives whether anything among it is no message, and so may have changed one. */
  async #hasAmendments(lastSeq: number): Promise<boolean> {
    const last = this.#conversation?.lastSeq ?? lastSeq
    while (!this.#hasNewer && !(await this.#follow(NEWS))) {} // page by page
    if (last === lastSeq) return false
    const news = this.#hasNewer ? await this.#page({ after: lastSeq, limit: last - lastSeq }) : this.#accepted
    return news.filter(({ seq = 0 }) => seq > lastSeq && seq <= last).length < last - lastSeq
  }

  /** Reads behind the last message; gives whether the end was reached. The oldest go where the window is full. */
  async #follow(limit: number): Promise<boolean> {
    const page = await this.#page({ after: this.#accepted.at(-1)?.seq ?? 0, limit })
    const accepted = page.filter(({ seq }) => seq !== undefined)
    const all = [...this.#accepted, ...accepted]
    this.#accepted = all.slice(-MAX_WINDOW)
    if (all.length > MAX_WINDOW) this.#hasOlder = true
    if (page.length < limit) this.#queued = page.slice(accepted.length)
    else if (!accepted[0]) return this.#follow(limit * 2) // what waits to be sent is read at once
    return page.length < limit
  }

  /** Reads again what stands above a seq. */
  async #reread(above: number): Promise<void> {
    const first = this.#accepted[0]?.seq ?? 0
    const last = this.#accepted.at(-1)?.seq ?? 0
    const after = Math.max(above, this.#hasOlder ? first - 1 : 0)
    if (after >= last) return
    const page = await this.#page({ after, before: last + 1, limit: last - after })
    const kept = this.#accepted.filter(({ seq = 0 }) => seq <= after)
    this.#accepted = keepList(this.#accepted, [...kept, ...page], nameOfMessage)
  }

  async #readUnsent(): Promise<void> {
    const letters = await this.client.listDeadLetters({ conversationId: this.id })
    this.#unsent = letters.filter(({ kind }) => kind !== 'pending').map(({ message }) => message)
  }

  #page(page: {
    readonly before?: number | undefined
    readonly after?: number
    readonly limit: number
  }): Promise<Message[]> {
    return this.client.getConversationHistory({ conversationId: this.id, ...page })
  }

  #shown(): Partial<TimelineState> {
    const hasOlder = this.#hasOlder
    const hasNewer = this.#hasNewer
    const messages: Message[] = hasNewer ? [...this.#accepted] : [...this.#accepted, ...this.#queued]
    for (const message of this.#unsent) {
      const place = messages.findLastIndex(other => timeOf(other) <= timeOf(message)) + 1
      const isOutside = (place === 0 && hasOlder) || (place === messages.length && hasNewer)
      if (!isOutside) messages.splice(place, 0, message)
    }
    const kept = keepList(this.state.messages, messages, nameOfMessage)
    return { conversation: this.#conversation, messages: kept, hasOlder, hasNewer }
  }
}

function timeOf({ acceptedAt, sentAt }: Message): string {
  return acceptedAt ?? sentAt
}

const RUNGS = ['delivered', 'read', 'done'] as const

/** The seq above which the status of a message may have changed; 0 where a message may have come in between. */
function changedAbove(before: Conversation | undefined, after: Conversation | undefined): number {
  if (!before || !after || keep(before.gaps, after.gaps) !== before.gaps) return 0
  let lowest = Number.MAX_SAFE_INTEGER
  for (const [reader, position] of Object.entries(after.positions)) {
    const former = before.positions[reader] ?? {}
    if (keep(former.outcomes, position.outcomes) !== former.outcomes) return 0
    for (const rung of RUNGS) if (former[rung] !== position[rung]) lowest = Math.min(lowest, former[rung] ?? 0)
  }
  return lowest
}
