import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LinkSession } from '../../../src/connection/link.ts'
import { IMError, type IMErrorCode, type Message, type QueueLevel } from '../../../src/index.ts'
import { QueuePressure } from '../../../src/messaging/queue-pressure.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'
import { type Inhabitant, World } from '../../support/world.ts'

/** A queue whose depth the test sets, and servers that are told what the test lets through. */
function pressed(limit: number) {
  const clock = new ManualClock()
  const levels: QueueLevel[] = []
  const errors: string[] = []
  let depth = 0
  const pressure = new QueuePressure({
    limit,
    depth: () => depth,
    clock,
    onChange: level => levels.push(level),
    onError: ({ code }) => errors.push(code),
  })
  const told: { full: boolean; answer(): void; refuse(code: IMErrorCode, retryAfterMs?: number): void }[] = []
  const session = () =>
    ({
      request: (_method: string, { full }: { full: boolean }) =>
        new Promise((resolve, reject) => {
          const refuse = (code: IMErrorCode, retryAfterMs?: number) =>
            reject(new IMError(code, code, retryAfterMs === undefined ? {} : { retryAfterMs }))
          told.push({ full, answer: () => resolve({}), refuse })
        }),
    }) as unknown as LinkSession
  const set = async (to: number) => {
    depth = to
    pressure.changed()
    await settled()
  }
  const last = () => told.at(-1) ?? expect.fail('Nothing was told.')
  const words = () => told.map(({ full }) => full)
  return { pressure, clock, levels, errors, session, set, last, words }
}

describe('Queue pressure', () => {
  it('is full at the limit, and not full again at three quarters of it', async () => {
    const { set, levels } = pressed(8)
    for (const depth of [7, 8, 9, 7, 8, 7, 6, 7, 8]) await set(depth)
    expect(levels).toEqual([
      { depth: 8, limit: 8, full: true },
      { depth: 6, limit: 8, full: false },
      { depth: 8, limit: 8, full: true },
    ])
  })

  it.each([1, 2, 3])('turns both ways at a limit of %d', async limit => {
    const { set, levels } = pressed(limit)
    for (const depth of [limit, limit - 1, 0]) await set(depth)
    expect(levels.map(({ full }) => full)).toEqual([true, false])
  })

  it('looks once at what was stored together', async () => {
    const { pressure, set, levels } = pressed(1)
    pressure.changed()
    pressure.changed()
    await set(3)
    expect(levels).toEqual([{ depth: 3, limit: 1, full: true }])
  })

  it('tells one thing at a time, and in the end the latest', async () => {
    const { pressure, session, set, last, words } = pressed(4)
    pressure.start(session())
    await set(4)
    await set(0)
    expect(words()).toEqual([true])
    last().answer()
    await settled()
    expect(words()).toEqual([true, false])
    await set(4)
    await set(3)
    await set(5)
    last().answer()
    await settled()
    expect(words()).toEqual([true, false, true])
    last().answer()
    await settled()
    expect(words()).toEqual([true, false, true])
  })

  it('tells each new session while it is full, and nothing where it is not', async () => {
    const { pressure, session, set, last, words } = pressed(4)
    pressure.start(session())
    expect(words()).toEqual([])
    await set(4)
    pressure.stop()
    last().refuse('CONNECTION_LOST')
    await settled()
    pressure.start(session())
    expect(words()).toEqual([true, true])
    last().answer()
    await settled()
    pressure.stop()
    await set(0)
    pressure.start(session())
    expect(words()).toEqual([true, true])
  })

  it('takes no answer of a former session for one of the present', async () => {
    const { pressure, session, set, last, words } = pressed(4)
    await set(4)
    pressure.start(session())
    const former = last()
    pressure.start(session())
    former.answer()
    await set(0)
    expect(words()).toEqual([true, true])
    last().answer()
    await settled()
    expect(words()).toEqual([true, true, false])
  })

  it('is no error to a server that does not know of it, which is not asked again on this session', async () => {
    const { pressure, session, set, last, words, errors, clock } = pressed(4)
    pressure.start(session())
    await set(4)
    last().refuse('PROTOCOL_METHOD_UNKNOWN')
    await settled()
    await set(0)
    await set(4)
    await clock.advance(100_000)
    expect([words(), errors, clock.waiting]).toEqual([[true], [], 0])
    pressure.start(session())
    expect(words()).toEqual([true, true])
  })

  it('reports a refusal for good, once', async () => {
    const { pressure, session, set, last, words, errors } = pressed(4)
    pressure.start(session())
    await set(4)
    last().refuse('FORBIDDEN')
    await settled()
    await set(0)
    expect([words(), errors]).toEqual([[true], ['FORBIDDEN']])
  })

  it('tells the server again after a failure, also of what it may have heard', async () => {
    const { pressure, session, set, last, words, errors, clock } = pressed(4)
    pressure.start(session())
    await set(4)
    last().refuse('CONNECTION_TIMEOUT') // it may hold senders back now
    await set(0)
    await clock.advance(999)
    expect(words()).toEqual([true])
    await clock.advance(1)
    expect(words()).toEqual([true, false])
    last().refuse('RATE_LIMITED', 3000)
    await clock.advance(2999)
    expect(words().length).toBe(2)
    await clock.advance(1)
    expect([words(), errors]).toEqual([[true, false, false], []])
  })

  it('holds no timer when the session is over', async () => {
    const { pressure, session, set, last, clock } = pressed(4)
    pressure.start(session())
    await set(4)
    last().refuse('INTERNAL')
    await settled()
    expect(clock.waiting).toBe(1)
    pressure.stop()
    expect(clock.waiting).toBe(0)
  })
})

describe('A digital employee with a limit', () => {
  const LIMIT = 10
  const WINDOW = 8
  /** While the word that it is full is on its way, a window that was under way and the one behind it still come in. */
  const DEEPEST = LIMIT + 2 * WINDOW
  let world: World
  let alice: Inhabitant
  beforeEach(async () => {
    world = new World()
    await world.startServer({ limits: { requestsInFlight: WINDOW } })
    alice = await world.join('alice')
  })
  afterEach(() => world.end())

  /** Sends so many messages to one account. */
  async function send(count: number, to: string): Promise<void> {
    for (let number = 1; number <= count; number++) await alice.client.sendMessage({ to, text: `${number}` })
  }

  it('gets all of a hundred messages in their order, without ever having much more to do than its limit', async () => {
    const employee = await world.join('employee', { queue: true, queueLimit: LIMIT })
    const levels: QueueLevel[] = []
    employee.client.on('queue', level => levels.push(level))
    await world.join('bob')
    await send(100, 'employee')
    await world.pass()
    const { pending } = await employee.client.stats()
    expect(pending).toBeGreaterThanOrEqual(LIMIT)
    expect(pending).toBeLessThanOrEqual(DEEPEST)
    expect((await alice.client.stats()).outbox).toBe(100 - pending)

    await send(20, 'bob')
    await world.pass() // no time passes
    expect((await alice.client.stats()).outbox).toBe(100 - pending)
    expect((await alice.client.getConversationHistory({ contactId: 'bob', limit: 20 })).map(statusOf)).not.toContain(
      'queued',
    )

    const done: string[] = []
    let deepest = pending
    employee.client.processPending(async ({ text }) => {
      deepest = Math.max(deepest, (await employee.client.stats()).pending)
      done.push(text)
    })
    for (let second = 0; second < 120 && done.length < 100; second++) await world.pass(1000)
    expect(done).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 1}`))
    expect(deepest).toBeLessThanOrEqual(DEEPEST)
    expect(levels.length).toBeGreaterThan(3)
    expect(levels.map(({ full }) => full)).toEqual(levels.map((_, index) => index % 2 === 0))
    await world.pass(3000)
    expect(await alice.client.stats()).toMatchObject({ outbox: 0, deadLetters: 0, missing: 0 })
    expect(await employee.client.stats()).toMatchObject({ pending: 0, missing: 0, queueLimit: LIMIT })
    expect([alice.errors, employee.errors]).toEqual([[], []])
  })

  it('lets in at the next session whatever came while it was away, and holds senders back again', async () => {
    const employee = await world.join('employee', { queue: true, queueLimit: LIMIT })
    await employee.client.close()
    await send(30, 'employee')
    await world.pass()
    expect((await alice.client.stats()).outbox).toBe(0)
    const again = world.client('employee', {}, employee.disk)
    const levels: QueueLevel[] = []
    again.client.on('queue', level => levels.push(level))
    await again.client.connect()
    await world.pass()
    expect((await again.client.stats()).pending).toBe(30)
    expect(levels.map(({ full }) => full)).toEqual([true])
    await send(1, 'employee')
    await world.pass()
    expect((await alice.client.stats()).outbox).toBe(1)
    await again.client.close() // nobody is held back by one that is away
    await world.pass(2000)
    expect((await alice.client.stats()).outbox).toBe(0)
    expect([employee.errors, again.errors]).toEqual([[], []])
  })

  it('is full from its start where much was left, and tells the server when the session opens', async () => {
    const employee = await world.join('employee', { queue: true })
    await send(12, 'employee')
    await world.pass()
    await employee.client.close()
    const again = world.client('employee', { queueLimit: LIMIT }, employee.disk)
    const levels: QueueLevel[] = []
    again.client.on('queue', level => levels.push(level))
    await again.client.open()
    expect(levels).toEqual([{ depth: 12, limit: LIMIT, full: true }])
    await again.client.connect()
    await world.pass()
    expect(world.network.sent.filter(frame => frame.includes('queue.update')).length).toBe(1)
    await world.stopServer()
    await world.startServer()
    await world.pass(30_000)
    expect(world.network.sent.filter(frame => frame.includes('queue.update')).length).toBe(2)
  })

  it('keeps its limit until another is set, and has none at 0', async () => {
    const employee = await world.join('employee', { queue: true, queueLimit: 2 })
    expect(await employee.client.stats()).not.toHaveProperty('oldestPendingAt')
    await send(1, 'employee')
    await world.pass(5000)
    await send(1, 'employee')
    await world.pass()
    expect(await employee.client.stats()).toMatchObject({
      pending: 2,
      queueLimit: 2,
      oldestPendingAt: new Date(world.clock.now() - 5000).toISOString(),
    })
    await employee.client.close()
    const again = world.client('employee', {}, employee.disk)
    expect((await again.client.stats()).queueLimit).toBe(2)
    await again.client.close()
    const unlimited = await world.join('employee', { queueLimit: 0 }, employee.disk)
    expect(await unlimited.client.stats()).not.toHaveProperty('queueLimit')
    await send(5, 'employee')
    await world.pass(2000)
    expect((await unlimited.client.stats()).pending).toBe(7)
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as a limit, and stores nothing', async limit => {
    const client = world.client('employee', { queueLimit: limit })
    await expect(client.client.open()).rejects.toThrow(TypeError)
    await world.client('another', {}, client.disk).client.open() // whose it is was not stored
  })
})

function statusOf({ status }: Message): string {
  return status
}
