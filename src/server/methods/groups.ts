/**
 * Groups. Any member may add and remove members and change the title; leaving is removing oneself. A new member sees
 * the group from its joining on, one that comes back from its first joining on.
 */
import { IMError } from '../../errors.ts'
import { GROUP_PREFIX } from '../../model/id.ts'
import type { ServerLimits } from '../limits.ts'
import { type Membership, withAdded, withRemoved } from '../membership.ts'
import { replyWith } from '../reply.ts'
import type { ConversationView, Decision, EventBody } from '../server-log.ts'
import { appendResult, keyOf, presentFields, requireMembership, settleAppend } from './append.ts'
import { describeConversation } from './conversations.ts'
import { method, type Params } from './method.ts'

/** Makes a group of the caller and others. A repeat with the same id finds the same group. */
export const createGroup = method('group.create', (call, params, reply) => {
  const { services, session } = call
  const { id, title } = params
  const members = [...new Set([session.agentId, ...params.members])]
  requireSize(members.length, services.limits)
  services.log.append({
    key: GROUP_PREFIX + services.uuid(),
    from: session.agentId,
    id,
    after: undefined,
    creates: true,
    decide: () => creation(session.agentId, id, { title, members }),
    settle: outcome =>
      replyWith(reply, () => {
        const { conversation, ...result } = appendResult(call, params, outcome)
        return { ...result, conversation: describeConversation(session.agentId, conversation) }
      }),
  })
})

/** Changes members and title of a group: one event for each kind of change, told to the caller's own session too. */
export const updateGroup = method('group.update', (call, params, reply) => {
  const { services, session } = call
  services.log.append({
    key: keyOf(call, params.conversationId),
    from: session.agentId,
    id: params.id,
    after: params.after,
    decide: view => update(view, session.agentId, params, services.limits),
    settle: settleAppend(call, reply, params),
  })
})

function creation(
  createdBy: string,
  createdAs: string,
  { title, members }: { readonly title: string | undefined; readonly members: readonly string[] },
): Decision {
  const spans = new Map(members.map(agentId => [agentId, 1]))
  const membership: Membership = { kind: 'group', title, createdBy, createdAs, members: spans, former: new Map() }
  return { events: [change('created', members, membership)], membership }
}

function update(
  view: ConversationView,
  agentId: string,
  { conversationId, add = [], remove = [], title }: Params<'group.update'>,
  limits: ServerLimits,
): Decision {
  let membership = requireMembership(view, agentId, conversationId)
  const events: EventBody[] = []
  const record = (kind: string, members: readonly string[], next: Membership) => {
    membership = next
    events.push(change(kind, members, next))
  }
  const nextSeq = () => view.lastSeq + events.length + 1
  const added = [...new Set(add)].filter(member => !membership.members.has(member))
  if (added.length > 0) record('added', added, withAdded(membership, added, nextSeq()))
  requireSize(membership.members.size, limits)
  if (title !== undefined && title !== membership.title) record('titled', [], { ...membership, title })
  const removed = [...new Set(remove)].filter(member => membership.members.has(member))
  if (removed.length > 0) {
    const kind = removed.length === 1 && removed[0] === agentId ? 'left' : 'removed'
    record(kind, removed, withRemoved(membership, removed, nextSeq()))
  }
  if (events.length > 0) return { events, membership }
  throw new IMError('PROTOCOL_PARAMS_INVALID', 'The group is like that already.', { details: { conversationId } })
}

function change(kind: string, members: readonly string[], membership: Membership): EventBody {
  const participants = [...membership.members.keys()]
  const title = kind === 'created' || kind === 'titled' || kind === 'added' ? membership.title : undefined
  return { type: 'membership', fields: presentFields({ change: kind, members, participants, title }) }
}

function requireSize(size: number, { groupMembers }: ServerLimits): void {
  if (size <= groupMembers) return
  throw new IMError('MESSAGE_TOO_LARGE', `A group has at most ${groupMembers} members.`, {
    details: { size, limit: groupMembers },
  })
}
