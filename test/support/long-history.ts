/** A long conversation that looks like one: texts of many lengths, in two languages, some of them Markdown. The same for the same place. */
import type { ImportedMessage } from 'im-client'
import { SeededRandom } from './seeded-random.ts'

/** Between two messages, in milliseconds: days pass, and people pause. */
const PAUSE_MS = 97_000
const BEGUN = Date.parse('2026-06-01T08:00:00.000Z')

const ENGLISH =
  'the a build server says that line order report when agent please look again it was not ready before noon and so we wait for some more logs then try the second queue with a fresh lease because nothing is lost'.split(
    ' ',
  )
const CHINESE = '今天我们先看一下日志然后再把报告发给你如果服务器没有回答就请稍后重试队列里还有三条消息等待处理'

/** The message at a place of the conversation, from 1. */
export function longHistoryMessage(conversationId: string, self: string, seq: number): ImportedMessage {
  const random = new SeededRandom(seq * 7919)
  return {
    id: `m${seq}`,
    conversationId,
    from: random.number() < 0.45 ? self : conversationId,
    text: `${textOf(random)} (${seq})`,
    at: new Date(BEGUN + seq * PAUSE_MS).toISOString(),
  }
}

function textOf(random: SeededRandom): string {
  const kind = random.number()
  if (kind < 0.55) return words(random, random.integer(2, 14))
  if (kind < 0.75) return hanzi(random, random.integer(4, 60))
  if (kind < 0.88) return words(random, random.integer(15, 60))
  if (kind < 0.95)
    return `**${words(random, 3)}**: see \`${words(random, 1)}\` and [${words(random, 2)}](https://example.org/)`
  if (kind < 0.98) return paragraphs(random)
  return `${words(random, 6)}\n\n\`\`\`ts\nconst lease = await queue.claim({ limit: ${random.integer(1, 99)} })\nfor (const item of lease) handle(item)\n\`\`\``
}

function paragraphs(random: SeededRandom): string {
  return Array.from({ length: random.integer(2, 5) }, () => words(random, random.integer(20, 60))).join('\n\n')
}

function words(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => ENGLISH[random.integer(0, ENGLISH.length - 1)]).join(' ')
}

function hanzi(random: SeededRandom, count: number): string {
  return Array.from({ length: count }, () => CHINESE[random.integer(0, CHINESE.length - 1)]).join('')
}
