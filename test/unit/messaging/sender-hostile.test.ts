/** A server that refuses whatever it likes, whenever it likes: order, completeness, and nothing twice at once. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LinkSession } from '../../../src/connection/link.ts'
import { IMError, type IMErrorCode } from '../../../src/errors.ts'
// Loaded here, so that it is there within a turn: time stands still in these tests.
import '../../../src/messaging/held-back.ts'
import { Sender } from '../../../src/messaging/sender.ts'
import type { OutboxEntry } from '../../../src/storage/schema.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/** Refused before its turn has come, as a rate limit does. */
const AT_ONCE: readonly IMErrorCode[] = ['RATE_LIMITED', 'MESSAGE_TOO_LARGE', 'SERVER_DRAINING']
/** Refused when its turn has come. */
const IN_TURN: readonly IMErrorCode[] = ['QUEUE_FULL', 'QUEUE_FULL', 'QUEUE_FULL', 'INTERNAL', 'FORBIDDEN']

interface Sent {
  readonly entry: OutboxEntry
  readonly after: string | undefined
  resolve(result: unknown): void
  reject(error: IMError): void
}

/** Decides in the order of arrival, answers in any, and keeps the promises of the protocol. */
class HostileServer {
  readonly clock = new ManualClock()
  readonly accepted: OutboxEntry[] = []
  readonly refused = new Set<string>()
  readonly #random: SeededRandom
  readonly #entries: readonly OutboxEntry[]
  readonly #window: number
  #arrived: Sent[] = []
  #answers: { readonly sent: Sent; answer(): void }[] = []
  readonly #underWay = new Set<string>()
  refusals = 0

  constructor(random: SeededRandom, entries: readonly OutboxEntry[], window: number) {
    this.#random = random
    this.#entries = entries
    this.#window = window
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0
  }

  /** A sender on a session of this server that begins with so many entries. */
  sender(count: number): Sender {
    const session = {
      facts: { limits: { requestsInFlight: this.#window } },
      request: (_method: string, params: { id: string; after?: string }) => this.#request(params),
      abandon: (error: IMError) => expect.fail(error.message),
    } as unknown as LinkSession
    return new Sender(session, {
      clock: this.clock,
      entries: () => this.#entries.slice(0, count),
      onAccepted: () => (this.#chance(4) ? settled() : Promise.resolve()),
      onRefused: async ({ id }) => {
        if (this.#chance(2)) await new Promise<void>(resolve => this.clock.schedule(resolve, 3000))
        this.refused.add(id)
      },
    })
  }

  /** Decides, answers, or lets time pass. */
  async step(isHostile: boolean): Promise<void> {
    const [next] = this.#arrived
    if (next && this.#chance(2)) this.#decide(next, isHostile)
    else if (this.#answers.length > 0) this.#answerOne()
    else await this.clock.advance(this.#random.integer(1, 1500))
    await settled()
  }

  #request({ id, after }: { id: string; after?: string }): Promise<unknown> {
    const entry = this.#entries.find(entry => entry.id === id)
    if (!entry) expect.fail(`${id} is not known.`)
    expect(this.#underWay, `${id} was sent twice at once`).not.toContain(id)
    this.#underWay.add(id)
    expect(this.#underWay.size).toBeLessThanOrEqual(this.#window)
    return new Promise((resolve, reject) => {
      const sent = { entry, after, resolve, reject }
      if (this.refusals < 200 && this.#chance(12)) this.#refuse(sent, this.#oneOf(AT_ONCE))
      else this.#arrived.push(sent)
    })
  }

  #decide(sent: Sent, isHostile: boolean): void {
    this.#arrived.shift()
    const { entry, after } = sent
    if (after !== undefined && !this.accepted.some(({ id }) => id === after)) {
      return this.#refuse(sent, 'MESSAGE_OUT_OF_ORDER')
    }
    if (isHostile && this.#chance(3)) return this.#refuse(sent, this.#oneOf(IN_TURN))
    this.accepted.push(entry)
    this.#answers.push({ sent, answer: () => sent.resolve({ id: entry.id, seq: 1 }) })
  }

  #refuse(sent: Sent, code: IMErrorCode): void {
    this.refusals += 1
    const options = this.#chance(2) ? { retryAfterMs: this.#random.integer(1, 3000) } : {}
    this.#answers.push({ sent, answer: () => sent.reject(new IMError(code, code, options)) })
  }

  #answerOne(): void {
    const [answered] = this.#answers.splice(this.#random.integer(0, this.#answers.length - 1), 1)
    if (!answered) return
    this.#underWay.delete(answered.sent.entry.id)
    answered.answer()
  }

  #chance(outOf: number): boolean {
    return this.#random.integer(1, outOf) === 1
  }

  #oneOf(codes: readonly IMErrorCode[]): IMErrorCode {
    return codes[this.#random.integer(0, codes.length - 1)] ?? 'INTERNAL'
  }
}

function entries(count: number, conversations: number, random: SeededRandom): OutboxEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const conversationId = `c${random.integer(1, conversations)}`
    return { type: 'message', id: `m${index}`, conversationId, order: index + 1, text: '', sentAt: '' }
  })
}

/** Runs until everything has come to its end. */
async function run(seed: number, shape: { count: number; conversations: number; window: number }) {
  const random = new SeededRandom(seed)
  const all = entries(shape.count, shape.conversations, random)
  const server = new HostileServer(random, all, shape.window)
  let begun = random.integer(0, all.length)
  const sender = server.sender(begun)
  sender.pump()
  const isDone = () => server.isIdle && server.accepted.length + server.refused.size === all.length
  for (let step = 0; !isDone() || begun < all.length; step++) {
    if (step > 20_000) expect.fail('It does not come to an end.')
    const next = all[begun]
    if (next && random.integer(1, 3) === 1) {
      begun += 1
      sender.add(next)
    }
    await server.step(step < 400)
  }
  return { all, server }
}

test('Sender: whatever is refused, each conversation is accepted in the order of its entries, once, and to the end', async () => {
  let refusals = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.record({
        count: fc.integer({ min: 1, max: 40 }),
        conversations: fc.integer({ min: 1, max: 4 }),
        window: fc.integer({ min: 1, max: 12 }),
      }),
      async (seed, shape) => {
        const { all, server } = await run(seed, shape)
        refusals += server.refusals
        const ids = server.accepted.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.filter(id => server.refused.has(id))).toEqual([])
        for (const conversation of new Set(all.map(({ conversationId }) => conversationId))) {
          const of = (list: readonly OutboxEntry[]) =>
            list.filter(({ id, conversationId }) => conversationId === conversation && !server.refused.has(id))
          expect(of(server.accepted)).toEqual(of(all))
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(refusals).toBeGreaterThan(100)
}, 60_000)
