/** Eight workers on one queue of 10,000: they die, their owner dies, the machine's clock jumps. */
import { expect, test } from 'vitest'
import type { ClaimedMessage } from '../../../src/messaging/claim.ts'
import type { StoredMessage } from '../../../src/model/event.ts'
import { memoryDisk } from '../../../src/storage/memory-storage.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { QueueOwner } from '../../support/queue-owner.ts'
import { SeededRandom, testSeed } from '../../support/seeded-random.ts'

const CONVERSATIONS = 200
const IN_EACH = 50
const WORKERS = 8
const LEASE_MS = 5000
const STEP_MS = 500

/** A claim in the hands of a worker. */
interface Held {
  readonly claim: ClaimedMessage
  readonly until: number
}

function message(conversationId: string, seq: number): StoredMessage {
  const at = '2026-01-01T00:00:00.000Z'
  const about = { conversationId, from: conversationId, to: 'me', sentAt: at, acceptedAt: at }
  return { type: 'message', id: `${conversationId}/${seq}`, seq, text: '', ...about }
}

/** The whole run, and what it counts. */
class Competition {
  readonly completed = new Set<string>()
  readonly counts = { workerDeaths: 0, ownerDeaths: 0, refusals: 0, attempts: 0 }
  readonly #random: SeededRandom
  readonly #clock = new ManualClock(Date.UTC(2026, 0, 1))
  readonly #disk = memoryDisk()
  readonly #held: Held[][] = Array.from({ length: WORKERS }, () => [])
  /** Claims of workers that died, or whose owner did: nobody may finish with them. */
  readonly #stale: Held[] = []
  #tokens = 0
  #owner: QueueOwner | undefined

  constructor(random: SeededRandom) {
    this.#random = random
  }

  async fill(): Promise<void> {
    const owner = await this.#replaceOwner()
    for (let seq = 1; seq <= IN_EACH; seq++) {
      const at = new Date(this.#clock.now()).toISOString()
      const names = Array.from({ length: CONVERSATIONS }, (_, index) => `c${index}`)
      await Promise.all(names.map(name => owner.receive(message(name, seq), at)))
    }
  }

  async step(): Promise<void> {
    await this.#clock.advance(STEP_MS)
    if (this.#random.integer(1, 40) === 1) this.#clock.set(this.#clock.now() + this.#random.integer(-1e9, 1e9))
    if (this.#random.integer(1, 25) === 1) await this.#killOwner()
    await Promise.all(this.#held.map((_, worker) => this.#work(worker)))
    await this.#tryStale()
  }

  async #work(worker: number): Promise<void> {
    const held = this.#held[worker] ?? []
    if (held.length === 0) this.#held[worker] = await this.#claim()
    else if (this.#random.integer(1, 20) === 1) this.#kill(worker)
    else if (this.#random.integer(1, 3) > 1) {
      this.#held[worker] = []
      for (const one of held) await this.#complete(one)
    }
  }

  async #claim(): Promise<Held[]> {
    const limit = this.#random.integer(1, 20)
    const claims = (await this.#owner?.queue.claim({ limit, leaseMs: LEASE_MS, renew: false })) ?? []
    const until = this.#clock.elapsed() + LEASE_MS
    for (const { message } of claims) {
      this.counts.attempts += 1
      expect(this.completed.has(message.id), `${message.id} was done already`).toBe(false)
      const others = this.#held.flat().filter(other => other.until > this.#clock.elapsed())
      expect(others.map(({ claim }) => claim.message.conversationId)).not.toContain(message.conversationId)
    }
    return claims.map(claim => ({ claim, until }))
  }

  async #complete({ claim, until }: Held): Promise<void> {
    const ending = claim.complete()
    if (until <= this.#clock.elapsed()) return await this.#refused(ending)
    await ending
    expect(this.completed.has(claim.message.id)).toBe(false)
    this.completed.add(claim.message.id)
  }

  async #refused(ending: Promise<void>): Promise<void> {
    this.counts.refusals += 1
    await expect(ending).rejects.toMatchObject({ code: expect.stringMatching(/LEASE_LOST|STORAGE_CLOSED/) })
  }

  /** The worker is gone; its claims lapse. */
  #kill(worker: number): void {
    this.counts.workerDeaths += 1
    this.#stale.push(...(this.#held[worker] ?? []))
    this.#held[worker] = []
  }

  async #tryStale(): Promise<void> {
    const lapsed = this.#stale.filter(({ until }) => until <= this.#clock.elapsed())
    for (const one of lapsed) {
      this.#stale.splice(this.#stale.indexOf(one), 1)
      await this.#refused(one.claim.complete())
    }
  }

  async #killOwner(): Promise<void> {
    this.counts.ownerDeaths += 1
    this.#owner?.kill()
    for (const [worker] of this.#held.entries()) this.#kill(worker)
    await this.#replaceOwner()
  }

  async #replaceOwner(): Promise<QueueOwner> {
    const owner = new QueueOwner(this.#disk, this.#clock, () => `token ${++this.#tokens}`)
    await owner.start()
    this.#owner = owner
    return owner
  }
}

test('Pending queue: whoever dies and wherever the clock jumps, everything is completed once, in order', async () => {
  const random = new SeededRandom(testSeed())
  const competition = new Competition(random)
  await competition.fill()
  const all = CONVERSATIONS * IN_EACH
  for (let step = 0; competition.completed.size < all && step < 5000; step++) await competition.step()
  const { counts } = competition
  process.stderr.write(`${all} messages, ${WORKERS} workers: ${JSON.stringify(counts)}, seed ${random.seed}\n`)
  expect(competition.completed.size, `seed ${random.seed}`).toBe(all)
  expect([...competition.completed]).toEqual([...new Set(competition.completed)])
  expect(counts.workerDeaths).toBeGreaterThan(0)
  expect(counts.ownerDeaths).toBeGreaterThan(0)
  expect(counts.refusals).toBeGreaterThan(0)
  for (let name = 0; name < CONVERSATIONS; name++) {
    const order = [...competition.completed].filter(id => id.startsWith(`c${name}/`))
    expect(order).toEqual(Array.from({ length: IN_EACH }, (_, index) => `c${name}/${index + 1}`))
  }
}, 120_000)
