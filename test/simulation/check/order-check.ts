/** What a sender may rely on at the end: its messages are in the order in which it sent them, and it knows that they arrived. */
import type { StoredMessage } from '../../../src/model/event.ts'
import type { Holdings } from './final-check.ts'
import { type Truth, workName } from './truth.ts'

/** In the server's log, what one life of a client has sent to a conversation is in the order of the calls. */
export function checkOrderOfSends(truth: Truth, isOrdered: (sender: string) => boolean): void {
  if (truth.logs.length > 1) return // what was sent again after the loss of the server is in another order
  const last = new Map<string, { readonly order: number; readonly id: string }>()
  for (const { key, event } of [...truth.log.values()].sort((a, b) => a.position - b.position)) {
    const sent = truth.sent.get(event.id)
    if (!sent || sent.from !== event.from || !isOrdered(sent.from)) continue
    if (truth.asked.has(sent.id)) continue // a question of one's own id is looked for before it is sent
    if (truth.redriven.has(workName(sent.from, event))) continue // sent anew, behind what came after it
    const name = `${sent.life} ${key}`
    const former = last.get(name)
    if (former && former.order > sent.order)
      truth.violate('messages are in the order in which they were sent', `${name}: ${former.id} before ${sent.id}`)
    last.set(name, sent)
  }
}

/** Every recipient has everything, so every sender knows it. */
export function checkArrivals({ name, events, records }: Holdings, truth: Truth): void {
  for (const event of events) {
    const record = records.get(event.conversationId)
    if (!record || event.type !== 'message' || event.from !== name || event.seq <= (record.epochBase ?? 0)) continue
    const { id, seq } = event as StoredMessage
    for (const recipient of record.participants) {
      if (recipient === name) continue
      const { delivered = 0, outcomes = {} } = record.positions[recipient] ?? {}
      if (delivered < seq && outcomes[seq] === undefined)
        truth.violate(
          'what has arrived is told in the end',
          `${name} does not know that ${recipient} has ${id} (${seq})`,
        )
    }
  }
}
