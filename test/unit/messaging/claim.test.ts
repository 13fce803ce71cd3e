import { expect, test } from 'vitest'
import type { StoredMessage } from '../../../src/model/event.ts'
import { memoryDisk } from '../../../src/storage/memory-storage.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { QueueOwner } from '../../support/queue-owner.ts'

const AT = '2026-01-01T00:00:00.000Z'

/** An owner with one message to work on. */
async function owning() {
  const clock = new ManualClock()
  const owner = new QueueOwner(memoryDisk(), clock, () => 'token')
  await owner.start()
  const about = { conversationId: 'you', from: 'you', to: 'me', sentAt: AT, acceptedAt: AT }
  const message: StoredMessage = { type: 'message', id: 'm1', seq: 1, text: '', ...about }
  await owner.receive(message, AT)
  return { clock, queue: owner.queue }
}

test('Claim: one that is completed while it is extended ends, is not lost, and leaves no timer', async () => {
  for (const order of ['extend first', 'complete first'] as const) {
    const { clock, queue } = await owning()
    const [claim] = await queue.claim()
    const steps = [() => claim?.extend(), () => claim?.complete()]
    const [first, second] = order === 'extend first' ? steps : steps.toReversed()
    await Promise.allSettled([first?.(), second?.()])
    expect(claim?.signal.aborted, order).toBe(false)
    expect(clock.waiting, order).toBe(0)
  }
})

test('Claim: one that is stored while the queue is stopped leaves no timer', async () => {
  const { clock, queue } = await owning()
  const claiming = queue.claim()
  queue.stop()
  await claiming
  expect(clock.waiting).toBe(0)
})
