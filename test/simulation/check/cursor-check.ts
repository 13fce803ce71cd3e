/** A cursor says that everything before it is here, or known to be missing. */
import type { ConversationRecord } from '../../../src/model/conversation.ts'
import type { ConversationEvent } from '../../../src/model/event.ts'
import type { StorageAdapter } from '../../../src/storage/contract.ts'
import { type Logged, nameOf, type Truth } from './truth.ts'
import { isSeenBy } from './visibility.ts'

/** What a client's cursor has passed that is neither stored nor known to be missing. */
export async function cursorProblem(storage: StorageAdapter, agent: string, truth: Truth): Promise<string | undefined> {
  const cursor = (await storage.get(['state', 'cursor'])) as { epoch: string; offset: number } | undefined
  if (!cursor) return undefined
  const log = truth.logs[truth.epochs.indexOf(cursor.epoch)]
  if (!log) return `the cursor is of the epoch ${cursor.epoch}, which no server had`
  const events = (await storage.list(['events'])).map(({ value }) => value as unknown as ConversationEvent)
  const outbox = (await storage.list(['outbox'])).map(({ key }) => `${agent} ${key[1]}`)
  const here = new Set([...events.map(nameOf), ...outbox])
  const records = await storage.list(['conversations'])
  const gaps = new Map(records.map(({ key, value }) => [String(key[1]), value as unknown as ConversationRecord]))
  for (const logged of log.values()) {
    if (logged.position > cursor.offset || here.has(nameOf(logged.event))) continue
    const conversationId = isSeenBy(logged, agent)
    if (conversationId === undefined || isMissing(logged, gaps.get(conversationId))) continue
    return `the cursor is at ${cursor.offset}, and ${nameOf(logged.event)} at ${logged.position} is not here`
  }
  return undefined
}

function isMissing({ seq }: Logged, record: ConversationRecord | undefined): boolean {
  const own = seq + (record?.epochBase ?? 0)
  return (record?.gaps ?? []).some(({ from, to }) => from <= own && own <= to)
}
