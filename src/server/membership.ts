/** Who takes part in a conversation, and from where on. Values: a change makes a new one. */
import { isGroupId } from '../model/id.ts'
import type { Json } from '../model/json.ts'

/** The stretch of a conversation that an account may see, both ends included. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** What somebody who left may see. */
export interface FormerSpan extends Span {
  /** The conversation's title when they left. */
  readonly title?: string | undefined
}

/** Who takes part in a conversation. */
export interface Membership {
  readonly kind: 'direct' | 'group'
  readonly title: string | undefined
  /** Who made it, and with which event id: a repeated `group.create` finds it by both. */
  readonly createdBy: string
  readonly createdAs: string
  /** Each member with the sequence at which it first joined. */
  readonly members: ReadonlyMap<string, number>
  /** Who was removed: the sequence of first joining and that of the removal, which is the last that they see. */
  readonly former: ReadonlyMap<string, FormerSpan>
}

/** The key of the direct conversation of two accounts, the same from both sides. */
export function directKey(a: string, b: string): string {
  return JSON.stringify([a, b].sort())
}

/** The key of a conversation that an account names. */
export function conversationKey(viewer: string, conversationId: string): string {
  return isGroupId(conversationId) ? conversationId : directKey(viewer, conversationId)
}

/** The membership of a direct conversation. Both may see it from its beginning. */
export function directMembership(from: string, to: string, createdAs: string): Membership {
  const members = new Map([from, to].map(agentId => [agentId, 1]))
  return { kind: 'direct', title: undefined, createdBy: from, createdAs, members, former: new Map() }
}

/** What an account may see; `undefined` where it never took part. */
export function visibleSpan({ members, former }: Membership, agentId: string): Span | undefined {
  const first = members.get(agentId)
  return first === undefined ? former.get(agentId) : { first, last: Number.MAX_SAFE_INTEGER }
}

/** Adds members at a sequence. Who was a member before sees the conversation from its first joining on, without a hole. */
export function withAdded(membership: Membership, added: readonly string[], seq: number): Membership {
  const members = new Map(membership.members)
  const former = new Map(membership.former)
  for (const agentId of added) {
    members.set(agentId, former.get(agentId)?.first ?? seq)
    former.delete(agentId)
  }
  return { ...membership, members, former }
}

/** Removes members at a sequence, which is the last that they see. */
export function withRemoved(membership: Membership, removed: readonly string[], seq: number): Membership {
  const members = new Map(membership.members)
  const former = new Map(membership.former)
  for (const agentId of removed) {
    former.set(agentId, { first: members.get(agentId) ?? seq, last: seq, title: membership.title })
    members.delete(agentId)
  }
  return { ...membership, members, former }
}

/** The form in storage. Pairs instead of properties: any text is an account's id, `__proto__` too. */
export function encodeMembership(membership: Membership): Json {
  const { kind, title, createdBy, createdAs, members, former } = membership
  const spans = Array.from(former, ([agentId, { first, last, title }]): Json => {
    return title === undefined ? [agentId, first, last] : [agentId, first, last, title]
  })
  return { kind, title, createdBy, createdAs, members: [...members], former: spans }
}

/** What {@link encodeMembership} made, read back from this server's own storage. */
export function decodeMembership(value: Json): Membership {
  const stored = value as unknown as StoredMembership
  const former = stored.former.map(([agentId, first, last, title]) => [agentId, { first, last, title }] as const)
  return { ...stored, title: stored.title, members: new Map(stored.members), former: new Map(former) }
}

interface StoredMembership {
  readonly kind: 'direct' | 'group'
  readonly title?: string
  readonly createdBy: string
  readonly createdAs: string
  readonly members: readonly [string, number][]
  readonly former: readonly [string, number, number, string?][]
}
