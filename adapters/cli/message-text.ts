/** Messages and conversations as lines for people. */
import type { Conversation, Message } from '../../src/index.ts'
import { safeText, type Terminal } from './terminal.ts'

/** `2026-11-23 10:15  echo: the text`, with further lines set in so that they cannot pass for another message. */
export function messageLine(message: Message, terminal: Terminal): string {
  const { acceptedAt, sentAt, from, status } = message
  const time = terminal.style('dim', localTime(acceptedAt ?? sentAt))
  const mark = status === 'queued' || status === 'failed' ? ` ${terminal.style('yellow', `(${status})`)}` : ''
  return `${time}  ${terminal.style('bold', oneLine(from))}: ${textOf(message, terminal)}${mark}`
}

/** A message that came, and where it came if that is not a direct conversation. */
export function incomingLine(message: Message, terminal: Terminal): string {
  const { conversationId, from } = message
  const where = conversationId === from ? '' : `${terminal.style('dim', oneLine(conversationId))}  `
  return where + messageLine(message, terminal)
}

/** `2026-11-23 10:15  the title  (the id)  17 events, 3 unread` */
export function conversationLine(conversation: Conversation, terminal: Terminal): string {
  const { conversationId, title = conversationId, lastMessageAt, unreadCount, lastSeq } = conversation
  const time = terminal.style('dim', lastMessageAt ? localTime(lastMessageAt) : '                ')
  const unread = unreadCount > 0 ? terminal.style('yellow', `, ${unreadCount} unread`) : ''
  const id = title === conversationId ? '' : `  (${oneLine(conversationId)})`
  return `${time}  ${terminal.style('bold', oneLine(title))}${id}  ${lastSeq} events${unread}`
}

/** A name or an id on one line. */
export function oneLine(text: string): string {
  return safeText(text).replaceAll(/[\n\t\u2028\u2029]/g, ' ')
}

function textOf({ text, data, deletedAt, editedAt }: Message, terminal: Terminal): string {
  if (deletedAt) return terminal.style('dim', '(deleted)')
  const extra = [data === undefined ? '' : '(with data)', editedAt ? '(edited)' : ''].filter(Boolean).join(' ')
  return safeText(text).replaceAll(/[\n\u2028\u2029]/g, '\n    ') + (extra && ` ${terminal.style('dim', extra)}`)
}

/** An instant as the local date and time, to the minute. */
export function localTime(at: string): string {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
