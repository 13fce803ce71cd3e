/** What a client does when a schedule says so. */
import type { OutgoingMessage } from '../../../src/index.ts'
import { workName } from '../check/truth.ts'
import { GROUP, type WorkStep } from '../plan/schedule.ts'
import type { ClientParty, OpenClient } from './client-party.ts'

/** Begins a step; resolves or rejects as the client does. */
export async function perform(party: ClientParty, open: OpenClient, step: WorkStep): Promise<unknown> {
  const { client } = open
  switch (step.kind) {
    case 'send':
      return send(party, open, step)
    case 'ask':
      return party.asker.ask(open, conversationOf(party, step.to), step.timeoutMs)
    case 'claim':
      return party.claimer.claim(open, step)
    case 'resume-claim':
      return party.claimer.resume(open, step.end)
    case 'mark-read':
      return markRead(party, open, conversationOf(party, step.of))
    case 'redrive':
      return redrive(party, open)
    case 'read':
      return Promise.all([client.listConversations(), client.stats(), client.searchMessages({ text: 'm' })])
    case 'group':
      return makeGroup(party, open)
    default:
      return amend(party, open, step)
  }
}

function conversationOf(party: ClientParty, target: string): string {
  if (target !== GROUP) return target
  return party.world.groupId ?? party.world.clients.find(name => name !== party.name) ?? ''
}

async function send(party: ClientParty, open: OpenClient, step: WorkStep & { kind: 'send' }): Promise<unknown> {
  const { truth, counts } = party.surroundings
  const { client, life } = open
  const to = conversationOf(party, step.to)
  const calls = Array.from({ length: step.count }, async () => {
    const order = truth.sent.size + 1
    const id = `m${order}-${party.name}`
    const text = `${step.wantsReply ? 'reply ' : ''}${id} ${'.'.repeat(step.length)}`
    const sent = { id, from: party.name, to, text, order, life: life.name, acknowledged: false }
    truth.sent.set(id, sent)
    await client.sendMessage(outgoing({ to, id, text }, step, open))
    if (!life.isAlive) return
    sent.acknowledged = true
    truth.note(`${life.name} has sent ${id} to ${to}`)
    counts.add('messages sent')
  })
  return Promise.all(calls)
}

function outgoing(head: OutgoingMessage, step: WorkStep & { kind: 'send' }, { life }: OpenClient): OutgoingMessage {
  const { expiresInMs, importance } = step
  return {
    ...head,
    ...(expiresInMs === undefined ? {} : { expiresAt: new Date(life.clock.now() + expiresInMs).toISOString() }),
    ...(importance === undefined ? {} : { importance }),
  }
}

async function markRead(party: ClientParty, { client }: OpenClient, conversationId: string): Promise<void> {
  const { truth } = party.surroundings
  for (const { event } of truth.log.values()) truth.markedRead.add(workName(party.name, event))
  await client.markRead(conversationId)
}

/** Work that was given up is begun anew, and may be done twice then. */
async function redrive(party: ClientParty, { client, life }: OpenClient): Promise<void> {
  const { truth } = party.surroundings
  const letters = await client.listDeadLetters()
  if (!life.isAlive) return
  for (const { message } of letters) truth.redriven.add(workName(party.name, message))
  await client.redriveDeadLetters({ messageIds: letters.map(({ message }) => message.id) })
}

async function amend(party: ClientParty, { client }: OpenClient, step: WorkStep & { which: number }): Promise<void> {
  const sent = [...party.surroundings.truth.sent.values()].filter(({ from }) => from === party.name)
  const target = sent[step.which % Math.max(1, sent.length)]
  if (!target?.acknowledged) return
  if (step.kind === 'edit') await client.editMessage(target.id, { text: `${target.text} edited` })
  else if (step.kind === 'delete') await client.deleteMessage(target.id)
  else await client.react(target.id, 'ok')
}

async function makeGroup(party: ClientParty, { client, life }: OpenClient): Promise<void> {
  const members = party.world.clients.filter(name => name !== party.name)
  const { conversationId } = await client.createGroup({ id: 'the-group', title: 'all', members })
  if (life.isAlive) party.world.groupId = conversationId
}
