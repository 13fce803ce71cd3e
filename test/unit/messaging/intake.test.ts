import { expect, test } from 'vitest'
import { Intake } from '../../../src/messaging/intake.ts'
import { Ledger } from '../../../src/messaging/ledger.ts'
import { Records } from '../../../src/messaging/records.ts'
import type { ConversationEvent, StoredMessage } from '../../../src/model/event.ts'
import { historyOf } from '../../../src/storage/history-store.ts'
import { memoryStorage } from '../../../src/storage/memory-storage.ts'
import { Workspace } from '../../../src/storage/workspace.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { SeededRandom, testSeed } from '../../support/seeded-random.ts'

/** An intake over an empty workspace, and what it told. */
async function taking({ queue = false } = {}) {
  const clock = new ManualClock()
  const told: string[] = []
  const workspace = new Workspace(memoryStorage(), {
    agentId: 'me',
    newDeviceId: () => 'device',
    onRepair: () => {},
    onDamage: error => told.push(error.code),
  })
  await workspace.open()
  const records = new Records(workspace)
  const ledger = new Ledger(workspace.storage)
  const intake = new Intake({
    agentId: 'me',
    queue,
    records,
    workspace,
    clock,
    events: {
      onAccepted: id => told.push(`accepted ${id}`),
      onStored: ({ seq }) => told.push(`stored ${seq}`),
      onAmended: ({ seq }) => told.push(`amended ${seq}`),
      onReceipt: ({ reader, delivered = 0, read = 0 }) => told.push(`${reader} ${delivered}/${read}`),
      onGap: conversationId => told.push(`gaps ${JSON.stringify(records.conversations.get(conversationId)?.gaps)}`),
    },
  })
  const take = (...events: ConversationEvent[]) =>
    ledger.transact(transaction => {
      for (const event of events) intake.event(transaction, event)
    })
  const stored = async (conversationId = 'you') =>
    (await historyOf(workspace).events(conversationId, {})).map(({ seq }) => seq)
  return { intake, ledger, records, workspace, take, told, stored }
}

function message(seq: number, changes: Partial<StoredMessage> = {}): StoredMessage {
  const acceptedAt = '2026-01-01T00:00:00.000Z'
  const about = { conversationId: 'you', from: 'you', to: 'me', sentAt: acceptedAt, acceptedAt }
  return { type: 'message', id: `m${seq}`, seq, text: `text ${seq}`, ...about, ...changes }
}

test('Intake: a repeat is dropped and counted', async () => {
  const { intake, take, told, stored } = await taking()
  await take(message(1), message(2), message(1))
  await take(message(2))
  expect(await stored()).toEqual([1, 2])
  expect(told).toEqual(['stored 1', 'stored 2'])
  expect(intake.duplicates).toBe(2)
})

test('Intake: what is skipped becomes a gap, and what fills it is stored late', async () => {
  const { records, take, told, stored } = await taking()
  await take(message(1), message(5))
  await take(message(3))
  expect(records.conversations.get('you')).toMatchObject({
    lastSeq: 5,
    gaps: [
      { from: 2, to: 2 },
      { from: 4, to: 4 },
    ],
  })
  await take(message(4), message(2))
  expect(records.conversations.get('you')?.gaps).toEqual([])
  expect(await stored()).toEqual([1, 2, 3, 4, 5])
  expect(told.filter(fact => fact.startsWith('stored')).sort()).toEqual([1, 2, 3, 4, 5].map(seq => `stored ${seq}`))
  expect(told.at(-1)).toBe('gaps []')
})

test('Intake: in any order, any number of times, every event is stored once and no gap is left', async () => {
  const random = new SeededRandom(testSeed())
  const { records, take, told, stored } = await taking()
  const left = new Set(Array.from({ length: 200 }, (_, index) => index + 1))
  while (left.size > 0) {
    const batch = Array.from({ length: random.integer(1, 8) }, () => random.integer(1, 200))
    for (const seq of batch) left.delete(seq)
    await take(...batch.map(seq => message(seq)))
  }
  const all = Array.from({ length: 200 }, (_, index) => index + 1)
  expect(await stored(), `seed ${random.seed}`).toEqual(all)
  expect(records.conversations.get('you')?.gaps, `seed ${random.seed}`).toEqual([])
  expect(told.filter(fact => fact.startsWith('stored')).length, `seed ${random.seed}`).toBe(200)
})

test('Intake: the same message under another number, of a rebuilt server, is known; one of another sender is not', async () => {
  const { records, take, stored, intake } = await taking()
  await take(message(1))
  await take(message(2, { id: 'm1' }))
  await take(message(3, { id: 'm1', from: 'me' }))
  expect(await stored()).toEqual([1, 3])
  expect(records.conversations.get('you')).toMatchObject({ lastSeq: 3 })
  expect(records.conversations.get('you')?.gaps ?? []).toEqual([])
  expect(intake.duplicates).toBe(1)
})

test('Intake: what fills a gap is told, though it is known under another number', async () => {
  const { take, told, stored } = await taking()
  await take(message(1))
  await take(message(3))
  await take(message(2, { id: 'm1' }))
  expect(await stored()).toEqual([1, 3])
  expect(told.slice(-2)).toEqual(['gaps [{"from":2,"to":2}]', 'gaps []'])
})

test('Intake: an edit from before the numbers began anew does not come into force again, and uses up its number', async () => {
  const { intake, take, told, stored, records } = await taking()
  const edit = { type: 'edit', from: 'you', conversationId: 'you', acceptedAt: '2026-01-01T00:00:00.000Z' } as const
  intake.recent.former.set('you', new Map([['you\nyou\ne1', 0]]))
  await take(
    { ...edit, id: 'e1', seq: 1, target: 'm1', text: 'old' },
    { ...edit, id: 'e2', seq: 2, target: 'm1', text: 'new' },
  )
  expect(await stored()).toEqual([2])
  expect(told).toEqual(['amended 2'])
  expect(records.conversations.get('you')).toMatchObject({ lastSeq: 2 })
})

test('Intake: one’s own event takes its entry out of the outbox in the same step, also as a repeat', async () => {
  const { records, ledger, take } = await taking()
  const entry = { type: 'message', conversationId: 'you', sentAt: '2026-01-01T00:00:00.000Z', text: '' } as const
  await ledger.transact(transaction => {
    transaction.put(records.outbox, { ...entry, id: 'm1', order: 1 })
    transaction.put(records.outbox, { ...entry, id: 'm2', order: 2, conversationId: 'other' })
  })
  await take(message(1, { from: 'you' }))
  expect(records.outbox.size).toBe(2)
  await take(message(1, { from: 'me' }), message(2, { from: 'me' }))
  expect([...records.outbox.values()].map(({ id }) => id)).toEqual(['m2'])
})

test('Intake: receipts are joined by maximum, whatever their order', async () => {
  const { records, ledger, intake, take, told } = await taking()
  await take(message(1, { from: 'me' }))
  const receipts = [{ delivered: 3 }, { read: 2 }, { delivered: 1, read: 1 }, { delivered: 3, read: 2 }, { read: 5 }]
  for (const positions of receipts) {
    await ledger.transact(transaction =>
      intake.receipt(transaction, { conversationId: 'you', reader: 'you', ...positions }),
    )
  }
  expect(records.conversations.get('you')?.positions['you']).toEqual({ delivered: 3, read: 5 })
  expect(told.slice(1)).toEqual(['you 3/0', 'you 3/2', 'you 3/5'])
})

test('Intake: a receipt that comes before the first event of its conversation is kept, and makes no gap', async () => {
  const { records, ledger, intake, take, told } = await taking()
  for (const conversationId of ['you', 'group-1']) {
    await ledger.transact(transaction => intake.receipt(transaction, { conversationId, reader: 'you', delivered: 1 }))
  }
  await take(message(1, { from: 'me', to: 'you' }))
  expect(records.conversations.get('you')).toMatchObject({ lastSeq: 1, positions: { you: { delivered: 1 } } })
  const acceptedAt = '2026-01-01T00:00:00.000Z'
  const joining = { type: 'membership', id: 'j', from: 'you', change: 'added', members: ['me'], acceptedAt } as const
  await take({ ...joining, conversationId: 'group-1', seq: 7 })
  expect(records.conversations.get('group-1')).toMatchObject({ firstSeq: 7, positions: { you: { delivered: 1 } } })
  expect(told.filter(text => text.startsWith('gaps'))).toEqual([])
})

test('Intake: outcomes are joined by rank, and only what is new is told', async () => {
  const { records, ledger, intake, take, told } = await taking()
  await take(message(1, { from: 'me' }), message(2, { from: 'me' }))
  const receipts = [
    { read: 2, outcomes: { '2': 'expired' } },
    { outcomes: { '1': 'failed', '2': 'failed' } },
    { read: 2, outcomes: { '2': 'expired', '1': 'failed' } },
    { outcomes: { '1': 'done' } },
    { outcomes: { '2': 'expired', '1': 'failed' } },
  ] as const
  const before = told.length
  for (const positions of receipts) {
    await ledger.transact(transaction =>
      intake.receipt(transaction, { conversationId: 'you', reader: 'you', ...positions }),
    )
  }
  expect(records.conversations.get('you')?.positions['you']).toEqual({
    read: 2,
    outcomes: { '1': 'done', '2': 'failed' },
  })
  expect(told.length - before).toBe(3)
})

test('Intake: a digital employee’s messages of others wait in its queue, its own do not', async () => {
  const { records, take } = await taking({ queue: true })
  await take(message(1), message(2, { from: 'me' }), message(3))
  await take(message(3))
  expect([...records.pending.values()].map(item => [item.message.seq, item.state])).toEqual([
    [1, 'waiting'],
    [3, 'waiting'],
  ])
})

test('Intake: an event of a kind to come is kept and counted, and nothing is made of it', async () => {
  const { records, take, told, stored } = await taking()
  await take(message(1), { ...message(2), type: 'poll', question: '?' } as unknown as ConversationEvent, message(3))
  expect(await stored()).toEqual([1, 2, 3])
  expect(records.conversations.get('you')).toMatchObject({ lastSeq: 3, unreadCount: 2 })
  expect(told).toContain('stored 3')
})

test('Intake: joining a group in its middle is no gap', async () => {
  const { records, take } = await taking()
  const stamp = { conversationId: 'group-1', from: 'you', acceptedAt: '2026-01-01T00:00:00.000Z' }
  const joining = { ...stamp, type: 'membership', id: 'j', seq: 7, change: 'added', members: ['me'] } as const
  await take({ ...joining, participants: ['you', 'me'] })
  await take(message(8, { conversationId: 'group-1', to: 'group-1' }))
  expect(records.conversations.get('group-1')).toMatchObject({ kind: 'group', firstSeq: 7, lastSeq: 8 })
  expect(records.conversations.get('group-1')?.gaps ?? []).toEqual([])
  expect(records.conversations.get('group-1')?.participants).toEqual(['you', 'me'])
})

test('Intake: who was added is noted with the place, and an older change from a gap undoes no newer one', async () => {
  const { records, take } = await taking()
  const stamp = { conversationId: 'group-1', from: 'you', acceptedAt: '2026-01-01T00:00:00.000Z' }
  const change = (seq: number, change: 'added' | 'removed', members: string[], participants: string[]) =>
    ({ ...stamp, type: 'membership', id: `c${seq}`, seq, change, members, participants }) as const
  const added = change(3, 'added', ['late'], ['me', 'you', 'late', 'brief'])
  const removed = change(5, 'removed', ['brief'], ['me', 'you', 'late'])
  await take({ ...message(1), conversationId: 'group-1', to: 'group-1' }, removed, added)
  expect(records.conversations.get('group-1')).toMatchObject({
    participants: ['me', 'you', 'late'],
    joined: { late: 3 },
  })
})
