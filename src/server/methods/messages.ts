/** Messages, and what happens to them later. */
import { IMError } from '../../errors.ts'
import { isGroupId } from '../../model/id.ts'
import { directMembership, visibleSpan } from '../membership.ts'
import { guardText } from '../params-guard.ts'
import type { ConversationView } from '../server-log.ts'
import { appendEvent, keyOf, presentFields, requireMembership } from './append.ts'
import { method } from './method.ts'
import { requireRoom } from './queue.ts'

/** A message to an account, whether it was ever seen or not, or to a group of which the sender is a member. */
export const sendMessage = method('message.send', (call, params, reply) => {
  const { id: _, after: __, to, ...content } = params
  const { agentId } = call.session
  guardText(content.text, call.services.limits)
  const event = { type: 'message', fields: presentFields({ to, ...content }) } as const
  appendEvent(call, reply, {
    key: keyOf(call, to),
    params,
    decide: view => {
      if (isGroupId(to)) requireMembership(view, agentId, to)
      else requireRoom(call, to)
      return view.membership ? { event } : { event, membership: directMembership(agentId, to, params.id) }
    },
  })
})

/** A new text for a message of the caller's own. */
export const editMessage = method('message.edit', (call, params, reply) => {
  const { conversationId, target, text, data } = params
  guardText(text, call.services.limits)
  const event = { type: 'edit', fields: presentFields({ target, text, data }) } as const
  appendEvent(call, reply, {
    key: keyOf(call, conversationId),
    params,
    decide: view => {
      requireOwnMessage(view, call.session.agentId, { conversationId, target })
      return { event }
    },
  })
})

/** A message of the caller's own is taken back. */
export const deleteMessage = method('message.delete', (call, params, reply) => {
  const { conversationId, target } = params
  appendEvent(call, reply, {
    key: keyOf(call, conversationId),
    params,
    decide: view => {
      requireOwnMessage(view, call.session.agentId, { conversationId, target })
      return { event: { type: 'deletion', fields: { target } } }
    },
  })
})

/** A reaction to any message that the caller may see. */
export const reactToMessage = method('message.react', (call, params, reply) => {
  const { conversationId, target, reaction, removed } = params
  const { agentId } = call.session
  appendEvent(call, reply, {
    key: keyOf(call, conversationId),
    params,
    decide: view => {
      const membership = requireMembership(view, agentId, conversationId)
      const seq = view.findMessageOfAnyone(target) ?? 0
      if (seq < (visibleSpan(membership, agentId)?.first ?? 1)) throw messageNotFound(target)
      return { event: { type: 'reaction', fields: presentFields({ target, reaction, removed }) } }
    },
  })
})

function requireOwnMessage(
  view: ConversationView,
  agentId: string,
  { conversationId, target }: { readonly conversationId: string; readonly target: string },
): void {
  requireMembership(view, agentId, conversationId)
  if (view.findMessage(agentId, target) !== undefined) return
  if (view.findMessageOfAnyone(target) === undefined) throw messageNotFound(target)
  throw new IMError('FORBIDDEN', 'A message is changed only by its sender.', { details: { target } })
}

function messageNotFound(target: string): IMError {
  return new IMError('MESSAGE_NOT_FOUND', 'The conversation has no such message.', { details: { target } })
}
