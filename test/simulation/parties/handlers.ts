/** What clients do with messages that reach them: handlers and workers that take their time, fail at times, and answer. */
import type { HandlerContext, Message } from '../../../src/index.ts'
import { nameOf, workName } from '../check/truth.ts'
import type { Chance } from '../engine/chance.ts'
import type { ClientParty, OpenClient } from './client-party.ts'

/** Between the moment at which it is decided that somebody begins and the first line of a handler lie a write and a look. */
const CLAIM_MS = 1_000

/** Registers a handler. */
export function handleMessages(party: ClientParty, open: OpenClient): void {
  const chance = open.life.chance.fork('handler')
  const running = new Set<string>()
  open.client.onMessage(async (message, context) => {
    if (!open.life.isAlive) return new Promise(() => {})
    if (running.has(message.conversationId))
      party.surroundings.truth.violate('one handler at a time in a conversation', `${open.life.name} ${message.id}`)
    running.add(message.conversationId)
    try {
      await handle(party, open, { message, context, chance, longestMs: 3_000 })
    } finally {
      running.delete(message.conversationId)
    }
  })
}

/** Starts a worker. */
export function work(party: ClientParty, open: OpenClient): void {
  const chance = open.life.chance.fork('worker')
  const worker = (message: Message, context: HandlerContext) =>
    open.life.isAlive
      ? handle(party, open, { message, context, chance, longestMs: 12_000 })
      : new Promise<void>(() => {})
  open.client.processPending(worker, { concurrency: 2, leaseMs: 2_000, attemptMs: 8_000 })
}

interface Handling {
  readonly message: Message
  readonly context: HandlerContext
  readonly chance: Chance
  readonly longestMs: number
}

async function handle(party: ClientParty, { life }: OpenClient, handling: Handling): Promise<void> {
  const { message, context, chance, longestMs } = handling
  begin(party, life.clock.now(), message)
  await life.sleep(chance.span(0, longestMs))
  if (chance.happens(0.05)) {
    const name = workName(party.name, message)
    const { failures } = party.surroundings.truth
    failures.set(name, (failures.get(name) ?? 0) + 1)
    throw new Error('a handler of the simulation fails')
  }
  if (message.expectsReply && chance.happens(0.3)) await context.progress('working')
  if (isDeclined(message)) await context.decline('no')
  else if (wantsReply(message)) await context.reply(`re ${message.id}`)
  if (!life.isAlive) return
  party.surroundings.truth.ended.add(workName(party.name, message))
  party.surroundings.truth.note(`${workName(party.name, message)} is handled`)
}

/** Somebody begins to work on a message: that must be allowed still. */
export function begin({ name, surroundings }: ClientParty, now: number, message: Message): void {
  const { expiresAt, replyTo } = message
  const { truth, counts } = surroundings
  const who = workName(name, message)
  counts.add('messages taken up')
  truth.note(`${who} is taken up`)
  truth.begun.set(who, (truth.begun.get(who) ?? 0) + 1)
  const redriven = truth.redriven.has(who)
  if (truth.shownDone.has(who) && !redriven) truth.violate('what is done is not done again', who)
  if (expiresAt !== undefined && Date.parse(expiresAt) < now - CLAIM_MS && !redriven)
    truth.violate(
      'nobody begins with what has expired',
      `${who} at ${new Date(now).toISOString()}, not after ${expiresAt}`,
    )
  if (
    replyTo !== undefined &&
    truth.sent.get(replyTo)?.from === name &&
    truth.asked.get(replyTo) === `answered by ${nameOf(message)}`
  )
    truth.violate('an answer goes to whoever asked and to nobody else', `${who} answers ${replyTo}`)
}

/** Whether whoever handles a message answers it. */
export function wantsReply({ text, expectsReply, replyTo }: Message): boolean {
  return replyTo === undefined && (expectsReply === true || text.startsWith('reply '))
}

/** Some questions are declined: the same ones at each attempt. */
function isDeclined({ id, expectsReply }: Message): boolean {
  return expectsReply === true && id.length % 4 === 0
}
