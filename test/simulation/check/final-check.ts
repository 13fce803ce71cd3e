/** After all faults: the histories of all parties, held against each other and against what really happened. */
import type { ConversationRecord } from '../../../src/model/conversation.ts'
import type { ConversationEvent, StoredMessage } from '../../../src/model/event.ts'
import type { ClientParty, OpenClient } from '../parties/client-party.ts'
import { fileProblems } from './file-check.ts'
import { checkArrivals, checkOrderOfSends } from './order-check.ts'
import { type Logged, nameOf, type Sent, type Truth, workName } from './truth.ts'
import { isSeenBy } from './visibility.ts'

/** What a client holds at the end. */
export interface Holdings {
  readonly name: string
  readonly events: readonly ConversationEvent[]
  readonly records: ReadonlyMap<string, ConversationRecord>
  readonly outbox: readonly string[]
  readonly pending: readonly string[]
  /** Ids of what was given up. */
  readonly dead: ReadonlySet<string>
}

/** Reads what a client holds, through its own storage. */
export async function holdingsOf(name: string, { storage }: OpenClient): Promise<Holdings> {
  const list = async <T>(collection: string) =>
    (await storage.list([collection])).map(({ key, value }) => ({ key, value: value as unknown as T }))
  const [events, records, outbox, pending, dead] = await Promise.all([
    list<ConversationEvent>('events'),
    list<ConversationRecord>('conversations'),
    list<{ id: string }>('outbox'),
    list<{ message: StoredMessage }>('pending'),
    list<{ entry?: { id: string }; item?: { message: { id: string } } }>('dead'),
  ])
  return {
    name,
    events: events.map(({ key, value }) => ({ ...value, conversationId: String(key[1]) })),
    records: new Map(records.map(({ key, value }) => [String(key[1]), value])),
    outbox: outbox.map(({ value }) => value.id),
    pending: pending.map(({ value }) => value.message.id),
    dead: new Set(dead.map(({ value }) => value.entry?.id ?? value.item?.message.id ?? '')),
  }
}

/** Checks everything that can be said of all parties together. */
export function checkEverything(parties: readonly ClientParty[], holdings: readonly Holdings[], truth: Truth): void {
  checkServerLog(truth)
  checkOrderOfSends(truth, sender => parties.some(({ plan }) => plan.name === sender && !plan.guarded))
  for (const held of holdings) {
    checkHistory(held, truth)
    checkRest(held, truth)
    checkArrivals(held, truth)
  }
  for (const sent of truth.sent.values()) checkSent(sent, holdings, truth)
  checkReplies(truth)
  for (const party of parties) {
    const held = holdings.find(({ name }) => name === party.name)
    if (held)
      for (const problem of fileProblems(party.disk, '/ws/im_client', held.events))
        truth.violate('any program can read the files', `${party.name}: ${problem}`)
  }
}

/** The server numbers each conversation from 1 without holes, and has an event once. */
function checkServerLog(truth: Truth): void {
  const seen = new Set<string>()
  const highest = new Map<string, number>()
  const counts = new Map<string, number>()
  for (const { key, seq, event } of truth.log.values()) {
    const name = `${key} ${nameOf(event)}`
    if (seen.has(name)) truth.violate('the server has an event once', name)
    seen.add(name)
    highest.set(key, Math.max(highest.get(key) ?? 0, seq))
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  for (const [key, seq] of highest)
    if (counts.get(key) !== seq)
      truth.violate('the server numbers without holes', `${key}: ${counts.get(key)} of ${seq}`)
}

/** One event once, in the order of the server, without holes, and as it was said. */
function checkHistory({ name, events, records }: Holdings, truth: Truth): void {
  const seen = new Set<string>()
  const last = new Map<string, number>()
  for (const event of events) {
    const who = `${name}: ${nameOf(event)} in ${event.conversationId}`
    const once = `${event.conversationId} ${nameOf(event)}`
    if (seen.has(once)) truth.violate('one event is stored once', who)
    seen.add(once)
    if (event.seq <= (last.get(event.conversationId) ?? 0))
      truth.violate('a history is in the order of its sequence', who)
    last.set(event.conversationId, event.seq)
    checkContent(name, event, truth)
    checkPlace(name, event, records.get(event.conversationId), truth)
  }
  for (const logged of truth.log.values()) {
    const conversationId = isSeenBy(logged, name)
    if (conversationId === undefined || seen.has(`${conversationId} ${nameOf(logged.event)}`)) continue
    truth.violate(
      'what the server has reaches every participant',
      `${name} lacks ${nameOf(logged.event)} (${logged.key} ${logged.seq})`,
    )
  }
}

function checkContent(name: string, event: ConversationEvent, truth: Truth): void {
  if (event.type !== 'message') return
  const { id, text, from } = event as StoredMessage
  const sent = truth.sent.get(id)
  if (sent && (sent.text !== text || sent.from !== from))
    truth.violate('a message is as it was said', `${name}: ${id} is ${JSON.stringify(text.slice(0, 80))}`)
}

/** In the present numbering everybody has the server's events at the server's places. */
function checkPlace(
  name: string,
  event: ConversationEvent,
  record: ConversationRecord | undefined,
  truth: Truth,
): void {
  const seq = event.seq - (record?.epochBase ?? 0)
  if (seq <= 0) return
  const key = keyOf(name, event.conversationId)
  const logged: Logged | undefined = truth.log.get(JSON.stringify([key, seq]))
  if (logged && nameOf(logged.event) === nameOf(event)) return
  truth.violate(
    'a conversation is the same at all its parties',
    `${name} has ${nameOf(event)} at ${key} ${seq}, the server ${logged ? nameOf(logged.event) : 'nothing'}`,
  )
}

function keyOf(name: string, conversationId: string): string {
  return /^[a-z]{3}$/.test(conversationId) ? JSON.stringify([name, conversationId].sort()) : conversationId
}

/** Nothing waits any more once everybody is connected and has had time. */
function checkRest({ name, outbox, pending, records }: Holdings, truth: Truth): void {
  if (outbox.length > 0) truth.violate('what waits is sent in the end', `${name}: ${outbox.join(', ')}`)
  if (pending.length > 0) truth.violate('what is to be done is done in the end', `${name}: ${pending.join(', ')}`)
  for (const [id, { gaps = [] }] of records)
    if (gaps.length > 0) truth.violate('gaps are filled in the end', `${name} ${id}: ${JSON.stringify(gaps)}`)
}

/** What was acknowledged is with its sender and with everybody it is for, or its sender was told that it failed. */
function checkSent(sent: Sent, holdings: readonly Holdings[], truth: Truth): void {
  const sender = holdings.find(({ name }) => name === sent.from)
  const has = (held: Holdings | undefined) => held?.events.some(({ id, from }) => id === sent.id && from === sent.from)
  const failed = sender?.dead.has(sent.id) === true
  if (sent.acknowledged && !has(sender) && !failed && !sender?.outbox.includes(sent.id))
    truth.violate('nothing acknowledged is lost', `${sent.from} lacks its own ${sent.id}`)
  if (!has(sender) || truth.excused.has(sent.id) || truth.logs.length > 1) return
  const recipients = isGroup(sent.to) ? holdings : holdings.filter(({ name }) => name === sent.to)
  for (const recipient of recipients)
    if (!has(recipient))
      truth.violate('nothing acknowledged is lost', `${recipient.name} lacks ${sent.id} of ${sent.from}`)
}

function isGroup(conversationId: string): boolean {
  return !/^[a-z]{3}$/.test(conversationId)
}

/**
 * A message is answered once by each who handles it, however often it was handled. Answers of different senders may have one
 * id, so what answers that id may answer each of them.
 */
function checkReplies(truth: Truth): void {
  const events = [...truth.log.values()].map(({ key, event }) => ({ key, ...(event as StoredMessage) }))
  const messages = events.filter(({ type }) => type === 'message')
  for (const { key, from, id, replyTo } of messages) {
    if (replyTo === undefined) continue
    const isAnswer = (other: StoredMessage) => other.replyTo === replyTo && other.replyKind !== 'progress'
    const answers = messages.filter(other => other.key === key && other.from === from && isAnswer(other))
    const questions = messages.filter(other => other.key === key && other.from !== from && other.id === replyTo)
    const again = questions.some(question => truth.redriven.has(workName(from, question)))
    if (answers.length > Math.max(1, questions.length) && !again && answers[0]?.id === id)
      truth.violate(
        'a message is answered once',
        `${from} to ${replyTo}: ${answers.map(answer => answer.id).join(', ')}`,
      )
  }
}
