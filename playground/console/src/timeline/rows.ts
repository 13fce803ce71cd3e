/** What a timeline draws for each message beside it: days, the beginning of what is new, who goes on speaking. Pure. */
import type { Message } from 'im-client'
import { dayKey } from '../format.ts'

/** One message, and how it stands to its neighbours. */
export interface Row {
  readonly message: Message
  /** Whether a day begins here. */
  readonly startsDay: boolean
  /** Whether what was unread at the visit begins here. */
  readonly startsNew: boolean
  /** Whether somebody begins to speak here. */
  readonly isFirst: boolean
  /** Whether somebody else speaks next, or nobody. */
  readonly isLast: boolean
}

/** A pause after which somebody begins to speak anew, in milliseconds. */
const PAUSE_MS = 5 * 60_000

/** What to know to draw rows. */
export interface Reading {
  readonly agentId: string
  /** Up to where everything was read when the conversation was opened; `undefined` where nothing is to be marked. */
  readonly readSeq: number | undefined
}

/** The rows of messages. A row that says the same as before is the same object. */
export function rowsOf(messages: readonly Message[], reading: Reading, before: readonly Row[] = []): Row[] {
  const known = new Map(before.map(row => [row.message, row]))
  let marked = false
  return messages.map((message, index) => {
    const [previous, next] = [messages[index - 1], messages[index + 1]]
    const startsNew = !marked && isUnread(message, reading)
    marked ||= startsNew
    const startsDay = !previous || dayKey(timeOf(previous)) !== dayKey(timeOf(message))
    const row: Row = {
      message,
      startsDay,
      startsNew,
      isFirst: startsDay || startsNew || !goesOn(previous, message),
      isLast: !next || !goesOn(message, next) || dayKey(timeOf(next)) !== dayKey(timeOf(message)),
    }
    const same = known.get(message)
    return same && isSame(same, row) ? same : row
  })
}

/** When a message was said, for the eye: by the server's clock where it has one. */
export function timeOf({ acceptedAt, sentAt }: Message): string {
  return acceptedAt ?? sentAt
}

function isUnread({ seq, from }: Message, { agentId, readSeq }: Reading): boolean {
  return readSeq !== undefined && seq !== undefined && seq > readSeq && from !== agentId
}

function goesOn(previous: Message | undefined, message: Message): boolean {
  if (!previous || previous.from !== message.from) return false
  return Math.abs(Date.parse(timeOf(message)) - Date.parse(timeOf(previous))) < PAUSE_MS
}

function isSame(a: Row, b: Row): boolean {
  return a.startsDay === b.startsDay && a.startsNew === b.startsNew && a.isFirst === b.isFirst && a.isLast === b.isLast
}
