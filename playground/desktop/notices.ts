/**
 * Which messages the system notifies of: those of others that arrive while nobody looks at any window. One notification for
 * each conversation, which a newer one replaces; a few at once, whatever arrives. Their texts are plain.
 */
import type { Message } from 'im-client'
import { plainName } from '../plain-text/direction.ts'
import { previewText } from '../plain-text/preview.ts'
import type { DesktopTexts } from './texts.ts'

/** Notifications that are shown at once, at most. */
const MOST_SHOWN = 4

/** The longest texts of a notification, in characters. */
const TITLE_LENGTH = 60
const BODY_LENGTH = 140

/** What a notification says. */
export interface Notice {
  readonly title: string
  readonly body: string
}

/** Where notifications are shown, in Electron `Notification`. */
export interface NoticeBoard {
  show(notice: Notice, onClick: () => void): { close(): void }
}

/** A message that has arrived. */
export interface Arrival {
  readonly workspace: string
  readonly message: Message
  /** By what name the person knows the conversation. */
  readonly name: string
}

/** What {@link Notices} works with. */
export interface NoticesOptions {
  readonly board: NoticeBoard
  readonly texts: DesktopTexts
  /** Whether the person looks at a window of the app. */
  readonly isLooking: () => boolean
  /** Somebody wants to see the conversation. */
  readonly onOpen: (workspace: string, conversationId: string) => void
}

interface Shown {
  readonly arrival: Arrival
  readonly count: number
  readonly notification: { close(): void }
}

/** See the head of this file. */
export class Notices {
  readonly #options: NoticesOptions
  readonly #shown = new Map<string, Shown>()

  constructor(options: NoticesOptions) {
    this.#options = options
  }

  /** A message has arrived. */
  tell(arrival: Arrival): void {
    const { workspace, message, name } = arrival
    const { board, texts, isLooking, onOpen } = this.#options
    if (isLooking()) return
    const { conversationId } = message
    const key = keyOf(workspace, conversationId)
    const count = (this.#shown.get(key)?.count ?? 0) + 1
    this.#close(key)
    const notification = board.show(noticeOf({ message, name, count }, texts), () => {
      this.#close(key)
      onOpen(workspace, conversationId)
    })
    this.#shown.set(key, { arrival, count, notification })
    const [oldest] = this.#shown.keys()
    if (this.#shown.size > MOST_SHOWN && oldest !== undefined) this.#close(oldest)
  }

  /** Takes those away whose conversations were read, in a window or elsewhere: nothing in them is unread any more. */
  keep(workspace: string, unread: ReadonlyMap<string, number>): void {
    for (const [key, { arrival }] of [...this.#shown]) {
      if (arrival.workspace === workspace && !unread.has(arrival.message.conversationId)) this.#close(key)
    }
  }

  /** Whoever looks at a window needs none of them. */
  clearAll(): void {
    for (const key of [...this.#shown.keys()]) this.#close(key)
  }

  #close(key: string): void {
    const shown = this.#shown.get(key)
    this.#shown.delete(key)
    shown?.notification.close()
  }
}

function keyOf(workspace: string, conversationId: string): string {
  return JSON.stringify([workspace, conversationId])
}

/** In a group it has to be said who speaks. */
function noticeOf(
  arrival: Pick<Arrival, 'message' | 'name'> & { readonly count: number },
  texts: DesktopTexts,
): Notice {
  const { message, name, count } = arrival
  const said = plain(message.text, BODY_LENGTH) || texts.noText
  const isGroup = message.from !== message.conversationId
  const body = isGroup ? `${plain(message.from, TITLE_LENGTH)}: ${said}` : said
  return { title: texts.several(plain(name, TITLE_LENGTH), count), body: cut(body, BODY_LENGTH) }
}

/** Some systems take what stands between `<` and `>` for markup. */
function plain(text: string, length: number): string {
  const beginning = plainName(text.slice(0, length * 2)).replaceAll('<', '‹')
  return cut(previewText(beginning.replace(/[\p{Cc}]/gu, ' '), length * 2), length)
}

/** A character of two units stays whole. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
