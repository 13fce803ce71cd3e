import { expect, test } from 'vitest'
import type { LinkSession } from '../../../src/connection/link.ts'
import { IMError, type IMErrorCode } from '../../../src/errors.ts'
// Loaded here, so that it is there within a turn: time stands still in these tests.
import '../../../src/messaging/held-back.ts'
import { Sender } from '../../../src/messaging/sender.ts'
import type { OutboxEntry } from '../../../src/storage/schema.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'

type Request = { id: string; after?: string; answer(): void; refuse(code: IMErrorCode, retryAfterMs?: number): void }

/** A sender on a session whose server is the test. */
function sending(entries: OutboxEntry[], window = 100) {
  const clock = new ManualClock()
  const requests: Request[] = []
  const accepted: string[] = []
  const refused: string[] = []
  const abandoned: string[] = []
  const session = {
    facts: { limits: { requestsInFlight: window } },
    request: (_method: string, { id, after }: { id: string; after?: string }) =>
      new Promise((resolve, reject) => {
        const refuse = (code: IMErrorCode, retryAfterMs?: number) =>
          reject(new IMError(code, code, retryAfterMs === undefined ? {} : { retryAfterMs }))
        requests.push({ id, ...(after === undefined ? {} : { after }), answer: () => resolve({ id, seq: 1 }), refuse })
      }),
    abandon: ({ code }: IMError) => abandoned.push(code),
  } as unknown as LinkSession
  const sender = new Sender(session, {
    clock,
    entries: () => entries,
    onAccepted: async ({ id }) => void accepted.push(id),
    onRefused: async ({ id }, { code }) => void refused.push(`${id} ${code}`),
  })
  const sent = () => requests.map(({ id, after }) => (after === undefined ? id : `${id} after ${after}`))
  const last = (id: string): Request => {
    const request = requests.findLast(request => request.id === id)
    if (!request) throw new Error(`${id} was not sent.`)
    return request
  }
  return { sender, clock, sent, last, accepted, refused, abandoned }
}

function entry(order: number, conversationId = 'a'): OutboxEntry {
  return { type: 'message', id: `${conversationId}${order}`, conversationId, order, text: '', sentAt: '' }
}

test('Sender: sends first in first out, each naming the one before it in its conversation that is under way', () => {
  const { sender, sent } = sending([entry(1), entry(2, 'b'), entry(3), entry(4, 'b')])
  sender.pump()
  sender.add(entry(5))
  expect(sent()).toEqual(['a1', 'b2', 'a3 after a1', 'b4 after b2', 'a5 after a3'])
})

test('Sender: never has more under way than the window, and goes on with each answer', async () => {
  const { sender, sent, last, accepted } = sending(
    [1, 2, 3, 4].map(order => entry(order)),
    2,
  )
  sender.pump()
  expect(sent()).toEqual(['a1', 'a2 after a1'])
  last('a1').answer()
  await settled()
  expect(sent()).toEqual(['a1', 'a2 after a1', 'a3 after a2'])
  expect(accepted).toEqual(['a1'])
})

test('Sender: what comes when nothing is under way in its conversation follows nothing', async () => {
  const { sender, sent, last } = sending([entry(1)])
  sender.pump()
  last('a1').answer()
  await settled()
  sender.add(entry(2))
  expect(sent()).toEqual(['a1', 'a2'])
})

test('Sender: after a refusal for the moment it tries the first again when the server asked for it, then the others in their order', async () => {
  const { sender, sent, last, clock, refused } = sending([1, 2, 3].map(order => entry(order)))
  sender.pump()
  last('a1').refuse('RATE_LIMITED', 5000)
  last('a2').refuse('MESSAGE_OUT_OF_ORDER')
  last('a3').refuse('MESSAGE_OUT_OF_ORDER')
  await clock.advance(4999)
  expect(sent().length).toBe(3)
  await clock.advance(1)
  expect(sent().slice(3)).toEqual(['a1'])
  last('a1').answer()
  await settled()
  expect(sent().slice(4)).toEqual(['a2', 'a3 after a2'])
  expect(refused).toEqual([])
})

test('Sender: what the server will never accept is put aside, and the rest goes on', async () => {
  const { sender, sent, last, refused, accepted } = sending([1, 2].map(order => entry(order)))
  sender.pump()
  last('a1').refuse('FORBIDDEN')
  last('a2').refuse('MESSAGE_OUT_OF_ORDER')
  await settled()
  expect(refused).toEqual(['a1 FORBIDDEN'])
  expect(sent()).toEqual(['a1', 'a2 after a1', 'a2'])
  last('a2').answer()
  await settled()
  expect(accepted).toEqual(['a2'])
})

test('Sender: what follows nothing and is out of order all the same is not sent again without a rest', async () => {
  const { sender, sent, last, clock } = sending([entry(1)])
  sender.pump()
  last('a1').refuse('MESSAGE_OUT_OF_ORDER')
  await settled()
  expect(sent()).toEqual(['a1', 'a1'])
  last('a1').refuse('MESSAGE_OUT_OF_ORDER')
  await clock.advance(999)
  expect(sent().length).toBe(2)
  await clock.advance(1)
  expect(sent().length).toBe(3)
})

test('Sender: a session that does not answer in time is given up', async () => {
  const { sender, last, abandoned, refused } = sending([entry(1)])
  sender.pump()
  last('a1').refuse('CONNECTION_TIMEOUT')
  await settled()
  expect(abandoned).toEqual(['CONNECTION_TIMEOUT'])
  expect(refused).toEqual([])
})

test('Sender: one that was stopped takes no answer and sends nothing, and holds no timer', async () => {
  const { sender, sent, last, clock, accepted, refused } = sending([1, 2, 3].map(order => entry(order)))
  sender.pump()
  last('a1').refuse('RATE_LIMITED', 5000)
  await settled()
  sender.stop()
  last('a2').answer()
  last('a3').refuse('FORBIDDEN')
  sender.add(entry(4))
  await clock.advance(100_000)
  expect(sent().length).toBe(3)
  expect([accepted, refused, clock.waiting]).toEqual([[], [], 0])
})

test('Sender: what was refused is sent again when everything under way has come back, so that no two follow each other', async () => {
  const { sender, sent, last, clock, refused, accepted } = sending([
    entry(1),
    entry(2),
    entry(3),
    entry(4),
    entry(5, 'b'),
  ])
  sender.pump()
  last('a1').refuse('FORBIDDEN')
  last('a2').refuse('MESSAGE_OUT_OF_ORDER')
  await clock.advance(5000)
  expect(sent().length).toBe(5)
  last('a3').refuse('MESSAGE_OUT_OF_ORDER')
  last('a4').refuse('MESSAGE_OUT_OF_ORDER')
  last('b5').answer()
  await clock.advance(5000)
  expect(sent().slice(5)).toEqual(['a2'])
  last('a2').answer()
  await settled()
  expect(sent().slice(6)).toEqual(['a3', 'a4 after a3'])
  for (const id of ['a3', 'a4']) last(id).answer()
  await settled()
  expect([refused, accepted]).toEqual([['a1 FORBIDDEN'], ['b5', 'a2', 'a3', 'a4']])
})

test('Sender: a recipient whose queue is full holds back its own conversation alone', async () => {
  const { sender, sent, last, clock, accepted } = sending([entry(1), entry(2, 'b'), entry(3), entry(4, 'b')])
  sender.pump()
  last('a1').refuse('QUEUE_FULL', 2000)
  last('a3').refuse('MESSAGE_OUT_OF_ORDER')
  last('b2').answer()
  await settled()
  sender.add(entry(5))
  sender.add(entry(6, 'b'))
  sender.add(entry(7, 'c'))
  await clock.advance(1999)
  expect(sent().slice(4)).toEqual(['b6 after b4', 'c7'])
  await clock.advance(1)
  expect(sent().slice(6)).toEqual(['a1'])
  last('a1').refuse('QUEUE_FULL', 500)
  await clock.advance(500)
  expect(sent().slice(7)).toEqual(['a1'])
  last('a1').answer()
  await settled()
  expect(sent().slice(8)).toEqual(['a3', 'a5 after a3'])
  expect(accepted).toEqual(['b2', 'a1'])
})

test('Sender: what asks everybody for a pause holds back every conversation', async () => {
  const { sender, sent, last, clock } = sending([entry(1), entry(2, 'b')], 2)
  sender.pump()
  last('a1').refuse('RATE_LIMITED', 2000)
  await settled()
  sender.add(entry(3, 'c'))
  last('b2').answer()
  await clock.advance(1999)
  expect(sent().slice(2)).toEqual([])
  await clock.advance(1)
  expect(new Set(sent().slice(2))).toEqual(new Set(['a1', 'c3']))
})

test('Sender: one that was stopped leaves no timer, whatever is answered later', async () => {
  const { sender, last, clock } = sending([entry(1), entry(2)])
  sender.pump()
  last('a1').refuse('QUEUE_FULL', 60_000)
  await settled()
  sender.stop()
  last('a2').refuse('CONNECTION_LOST')
  await settled()
  expect(clock.waiting).toBe(0)
})
