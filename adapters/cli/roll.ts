/** Who took part in the conversations of a workspace, as their events tell: enough to make a lost record anew. */
import type { JsonObject } from '../../src/index.ts'

/** What the events of one conversation tell of it. */
export interface Attendance {
  readonly senders: ReadonlySet<string>
  /** Who took part after the last change of a group; `undefined` where there was none. */
  readonly members: readonly string[] | undefined
  readonly title: string | undefined
  readonly lastMessageAt: string | undefined
}

/** Keeps what events tell, in the order in which they are told. */
export class Roll {
  readonly #attendances = new Map<string, Attendance>()

  /** Takes an event. */
  note(conversation: string, { type, from, participants, title, acceptedAt }: JsonObject): void {
    const before = this.of(conversation)
    const isMembership = type === 'membership'
    this.#attendances.set(conversation, {
      senders: typeof from === 'string' && type === 'message' ? new Set([...before.senders, from]) : before.senders,
      members: isMembership && Array.isArray(participants) ? participants.map(String) : before.members,
      title: isMembership && typeof title === 'string' ? title : before.title,
      lastMessageAt: type === 'message' && typeof acceptedAt === 'string' ? acceptedAt : before.lastMessageAt,
    })
  }

  /** What is known of a conversation. */
  of(conversation: string): Attendance {
    return this.#attendances.get(conversation) ?? NOBODY
  }
}

const NOBODY: Attendance = { senders: new Set(), members: undefined, title: undefined, lastMessageAt: undefined }
