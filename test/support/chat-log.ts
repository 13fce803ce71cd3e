/** Real conversations, where the machine has them: the Ubuntu channel's logs beside the project. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** A line of the log. The order of the lines is the order of the messages. */
export interface ChatLine {
  readonly id: string
  readonly conversation: string
  readonly at: string
  readonly from: string
  readonly text: string
  readonly replyTo?: string
}

/** Where the log is, or would be. */
export const CHAT_LOG_PATH = resolve(process.env['CHAT_LOG'] ?? '../shared/data/ubuntu-irc-dev.jsonl')

/** Whether the log is there. Says so aloud where it is not, since tests are skipped then. */
export function hasChatLog(): boolean {
  const there = existsSync(CHAT_LOG_PATH)
  if (!there) process.stderr.write(`No chat log at ${CHAT_LOG_PATH}: the replay of real conversations is skipped.\n`)
  return there
}

/** The conversations in the order of the file, each with its lines in order. */
export async function readChatLog(): Promise<ChatLine[][]> {
  const conversations = new Map<string, ChatLine[]>()
  const text = await readFile(CHAT_LOG_PATH, 'utf8')
  for (const line of text.split('\n').filter(Boolean)) {
    const entry = JSON.parse(line) as ChatLine
    const lines = conversations.get(entry.conversation)
    if (lines) lines.push(entry)
    else conversations.set(entry.conversation, [entry])
  }
  return [...conversations.values()]
}

/** Everybody who says something, in the order of their first words. */
export function speakers(lines: readonly ChatLine[]): string[] {
  return [...new Set(lines.map(({ from }) => from))]
}

/** The same conversation in Chinese characters: names, title and texts, one character for each letter. */
export function inChinese(lines: readonly ChatLine[]): ChatLine[] {
  return lines.map(line => ({
    ...line,
    conversation: `频道 ${toChinese(line.conversation)}`,
    from: `用户_${toChinese(line.from)}`,
    text: toChinese(line.text),
  }))
}

/** Letters become characters of the CJK block, from 一 on; the rest stays, so that distinct texts stay distinct. */
function toChinese(text: string): string {
  return text.replace(/[A-Za-z]/g, letter => String.fromCodePoint(0x4e00 + letter.charCodeAt(0)))
}
