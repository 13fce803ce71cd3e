/** What every method that appends to a conversation shares: membership, the answer, and who hears of it. */
import { IMError } from '../../errors.ts'
import { isGroupId } from '../../model/id.ts'
import type { Json, JsonObject } from '../../model/json.ts'
import type { AppendResult } from '../../protocol/schemas.ts'
import { conversationIdFor } from '../feed-item.ts'
import { conversationKey, type Membership } from '../membership.ts'
import { type Reply, replyWith } from '../reply.ts'
import type { AppendOutcome, ConversationView, EventBody, LoggedConversation } from '../server-log.ts'
import type { Call } from './method.ts'

/** The part of the parameters by which an event is told from others. */
export interface AppendParams {
  readonly id: string
  readonly after?: string | undefined
}

/** The refusal of whoever has no business in a conversation: the same whether it exists or not. */
export function conversationNotFound(conversationId: string): IMError {
  return new IMError('CONVERSATION_NOT_FOUND', 'There is no such conversation for this account.', {
    details: { conversationId },
  })
}

/**
 * The key of a conversation that the caller names.
 * @throws IMError `CONVERSATION_NOT_FOUND` for a group of which the caller is no member
 */
export function keyOf({ services, session }: Call, conversationId: string): string {
  const key = conversationKey(session.agentId, conversationId)
  const known = services.log.conversation(key)
  if (isGroupId(conversationId) && !known?.membership.members.has(session.agentId)) {
    throw conversationNotFound(conversationId)
  }
  return key
}

/** The membership of a view. @throws IMError `CONVERSATION_NOT_FOUND` where the account is no member of it */
export function requireMembership(
  { membership }: ConversationView,
  agentId: string,
  conversationId: string,
): Membership {
  if (membership?.members.has(agentId)) return membership
  throw conversationNotFound(conversationId)
}

/** The fields of an event, without those that are absent. */
export function presentFields(fields: Readonly<Record<string, unknown>>): JsonObject {
  const present: Record<string, Json> = {}
  for (const name of Object.keys(fields)) if (fields[name] !== undefined) present[name] = fields[name] as Json
  return present
}

/** The answer to an append. @throws IMError the refusal, or what failed */
export function appendResult(
  { services, session }: Call,
  { id }: AppendParams,
  outcome: AppendOutcome,
): AppendResult & { readonly conversation: LoggedConversation } {
  if (!outcome.ok) throw outcome.error
  const { key, seq, acceptedAt, duplicate } = outcome
  const conversation = services.log.conversation(key)
  if (!conversation) throw new IMError('INTERNAL', 'The conversation is not known.')
  const conversationId = conversationIdFor(session.agentId, key, conversation.membership)
  return { id, conversationId, seq, acceptedAt, duplicate, conversation }
}

/** Appends one event of the caller's to a conversation, and answers when it is durable. */
export function appendEvent(
  call: Call,
  reply: Reply,
  request: {
    readonly key: string
    readonly params: AppendParams
    readonly decide: (view: ConversationView) => { event: EventBody; membership?: Membership }
  },
): void {
  const { key, params, decide } = request
  call.services.log.append({
    key,
    from: call.session.agentId,
    id: params.id,
    after: params.after,
    origin: call.session,
    decide: view => {
      const { event, membership } = decide(view)
      return membership ? { events: [event], membership } : { events: [event] }
    },
    settle: settleAppend(call, reply, params),
  })
}

/** The answer to an append, as it goes over the wire. */
function withoutConversation({ conversation: _, ...result }: ReturnType<typeof appendResult>): AppendResult {
  return result
}

/** Answers an append, when it is durable, or refuses it. */
export function settleAppend(call: Call, reply: Reply, params: AppendParams): (outcome: AppendOutcome) => void {
  return outcome => replyWith(reply, () => withoutConversation(appendResult(call, params, outcome)))
}
