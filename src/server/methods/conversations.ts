/** What an account may read: its conversations, and their history. */
import { IMError } from '../../errors.ts'
import type { ReaderPosition } from '../../model/conversation.ts'
import { isKnownEvent } from '../../model/event.ts'
import type { ConversationInfo } from '../../protocol/rare-results.ts'
import { conversationIdFor, eventText } from '../feed-item.ts'
import type { ServerLimits } from '../limits.ts'
import { conversationKey, type Span, visibleSpan } from '../membership.ts'
import { positionsWithin } from '../reader-positions.ts'
import type { LoggedConversation } from '../server-log.ts'
import type { Services } from '../services.ts'
import { conversationNotFound } from './append.ts'
import { type Call, method, type Params } from './method.ts'

/** Conversations or events of a page where the client does not say. */
const DEFAULT_PAGE = 100

/** UTF-8 takes at most three bytes for a UTF-16 code unit; a page stays below the frame's limit. */
const BYTES_PER_UNIT = 3

/** What one may see who never took part. */
const NOTHING: Span = { first: 1, last: 0 }

/** A conversation as one of its participants may know it; whoever left knows it as it was then, with `whenLeft` as the others. */
export function describeConversation(
  viewer: string,
  conversation: LoggedConversation,
  whenLeft: readonly string[] = [],
): ConversationInfo {
  const { key, membership, lastSeq, receipts } = conversation
  const { kind } = membership
  const left = membership.former.get(viewer)
  const { title } = left ?? membership
  const span = visibleSpan(membership, viewer) ?? NOTHING
  const positions: [string, ReaderPosition][] = []
  for (const [reader, state] of receipts) {
    if (!left || reader === viewer || whenLeft.includes(reader)) {
      positions.push([reader, positionsWithin(state.positions, span)])
    }
  }
  return {
    conversationId: conversationIdFor(viewer, key, membership),
    kind,
    ...(title === undefined ? {} : { title }),
    participants: left ? [...whenLeft] : [...membership.members.keys()],
    firstSeq: span.first,
    lastSeq: Math.min(lastSeq, span.last),
    positions: Object.fromEntries(positions),
  }
}

/** The caller's conversations in the order of their ids, those that it left included, page by page. */
export const listConversations = method('conversation.list', (call, params, reply) => {
  const read = () => readConversations(call, params)
  call.session.inTurn(read).then(
    text => reply.json(text),
    error => reply.error(error),
  )
})

async function readConversations(
  { services, session }: Call,
  { after, limit = DEFAULT_PAGE }: Params<'conversation.list'>,
): Promise<string> {
  const named = Array.from(services.log.conversationsOf(session.agentId), conversation => ({
    id: conversationIdFor(session.agentId, conversation.key, conversation.membership),
    conversation,
  }))
  const rest = named.filter(({ id }) => after === undefined || id > after).sort((a, b) => (a.id < b.id ? -1 : 1))
  const page = rest.slice(0, Math.min(limit, services.limits.historyPage))
  const texts: string[] = []
  for (const { conversation } of page) {
    const whenLeft = await participantsWhenLeft(services, session.agentId, conversation)
    texts.push(JSON.stringify(describeConversation(session.agentId, conversation, whenLeft)))
  }
  const fitting = takeFitting(texts, services.limits)
  const next = fitting.length < rest.length ? page[fitting.length - 1]?.id : undefined
  return `{"conversations":[${fitting.join()}]${next === undefined ? '' : `,"next":${JSON.stringify(next)}`}}`
}

/** Who stayed when an account left: what the event that told it of that said. */
async function participantsWhenLeft(
  { log }: Services,
  agentId: string,
  { key, membership }: LoggedConversation,
): Promise<readonly string[]> {
  const left = membership.former.get(agentId)
  if (!left) return []
  const [logged] = await log.read(key, { after: left.last - 1, before: left.last + 1, limit: 1 })
  const event = logged?.event
  return event && isKnownEvent(event) && event.type === 'membership' ? (event.participants ?? []) : []
}

/** A stretch of a conversation, in ascending order. */
export const fetchHistory = method('history.fetch', (call, params, reply) => {
  const conversation = findVisible(call, params.conversationId)
  const read = () => readHistory(call, conversation, params)
  call.session.inTurn(read).then(
    text => reply.json(text),
    error => reply.error(error),
  )
})

async function readHistory(
  { services, session }: Call,
  conversation: LoggedConversation,
  { after, before, limit = DEFAULT_PAGE, newest = false }: Params<'history.fetch'>,
): Promise<string> {
  const span = visibleSpan(conversation.membership, session.agentId) ?? NOTHING
  const lastSeq = Math.min(conversation.lastSeq, span.last)
  const events = await services.log.read(conversation.key, {
    after: Math.max(after ?? 0, span.first - 1),
    before: Math.min(before ?? Number.MAX_SAFE_INTEGER, lastSeq + 1),
    limit: Math.min(limit, services.limits.historyPage),
    newest,
  })
  const texts = events.map(logged => eventText(session.agentId, logged, conversation))
  const fitting = newest ? takeFitting(texts.reverse(), services.limits).reverse() : takeFitting(texts, services.limits)
  return `{"events":[${fitting.join()}],"firstSeq":${span.first},"lastSeq":${lastSeq}}`
}

function findVisible({ services, session }: Call, conversationId: string): LoggedConversation {
  const conversation = services.log.conversation(conversationKey(session.agentId, conversationId))
  if (conversation && visibleSpan(conversation.membership, session.agentId)) return conversation
  throw conversationNotFound(conversationId)
}

/** As many texts as fit into a frame, but at least one. */
function takeFitting(texts: readonly string[], { frameBytes }: ServerLimits): string[] {
  const fitting: string[] = []
  let room = frameBytes / BYTES_PER_UNIT
  for (const text of texts) {
    room -= text.length
    if (room < 0 && fitting.length > 0) break
    fitting.push(text)
  }
  return fitting
}

/** How far the caller has come in a conversation, and what became of single messages. Answered when it is durable. */
export const updateReceipt = method('receipt.update', (call, params, reply) => {
  const { services, session } = call
  const { conversationId, ...claimed } = params
  const { key, lastSeq, membership } = findVisible(call, conversationId)
  const { first, last } = visibleSpan(membership, session.agentId) ?? NOTHING
  requireWithin(claimed, { first, last: Math.min(lastSeq, last) })
  if (claimed.delivered !== undefined) session.backfilled(key, claimed.delivered)
  services.log.raise({
    key,
    reader: session.agentId,
    positions: claimed,
    settle: error => (error ? reply.error(error) : reply.result({})),
  })
})

/** Refuses positions beyond the end, and outcomes of what the reader cannot see. */
function requireWithin({ outcomes = {}, ...rungs }: ReaderPosition, { first, last }: Span): void {
  const bounds = { firstSeq: first, lastSeq: last }
  for (const [rung, seq] of Object.entries(rungs)) {
    if (seq <= last) continue
    throw new IMError('PROTOCOL_PARAMS_INVALID', `receipt.update: ${rung} lies beyond the conversation's end.`, {
      details: { path: rung, ...bounds },
    })
  }
  for (const seq of Object.keys(outcomes)) {
    if (first <= Number(seq) && Number(seq) <= last) continue
    throw new IMError('PROTOCOL_PARAMS_INVALID', `receipt.update: the account does not see number ${seq}.`, {
      details: { path: `outcomes.${seq}`, ...bounds },
    })
  }
}
