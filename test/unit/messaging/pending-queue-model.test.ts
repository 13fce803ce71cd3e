/** The pending queue against a model of it: whatever is claimed, finished, lost and set wrong, in whatever order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClaimedMessage } from '../../../src/messaging/claim.ts'
import type { StoredMessage } from '../../../src/model/event.ts'
import { memoryDisk } from '../../../src/storage/memory-storage.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { QueueOwner } from '../../support/queue-owner.ts'

const ATTEMPT_MS = 60_000

/** What the model knows of a message. Times by the clock that never jumps, `wall` ones by the machine's. */
interface ModelItem {
  readonly conversation: string
  readonly seq: number
  state: 'waiting' | 'claimed' | 'done' | 'dead'
  attempts: number
  /** The lease or the rest lasts until then. */
  until: number
  wallFrom: number
  wallUntil: number
  renewed: boolean
  attemptUntil: number
  claim: number | undefined
}

interface Model {
  readonly items: ModelItem[]
  elapsed: number
  wall: number
  claims: number
}

interface Real {
  readonly clock: ManualClock
  readonly disk: ReturnType<typeof memoryDisk>
  owner: QueueOwner
  readonly claims: ClaimedMessage[]
  /** Who completed what. */
  readonly completed: string[]
  readonly newToken: () => string
}

type Command = fc.AsyncCommand<Model, Real>

function message(conversationId: string, seq: number): StoredMessage {
  const at = '2026-01-01T00:00:00.000Z'
  const about = { conversationId, from: conversationId, to: 'me', sentAt: at, acceptedAt: at }
  return { type: 'message', id: `${conversationId}${seq}`, seq, text: '', ...about }
}

/** Whether somebody holds it. A lease that has lapsed stays in the record until the message is claimed again. */
function isActive({ state, until }: ModelItem, { elapsed }: Model): boolean {
  return state === 'claimed' && until > elapsed
}

function claimable(model: Model, order: 'conversation' | 'any'): ModelItem[] {
  const left = model.items.filter(({ state }) => state === 'waiting' || state === 'claimed')
  const due = ({ until }: ModelItem) => until <= model.elapsed
  if (order === 'any') return left.filter(due)
  const conversations = [...new Set(left.map(({ conversation }) => conversation))]
  return conversations.flatMap(conversation => {
    const line = left.filter(item => item.conversation === conversation).sort((a, b) => a.seq - b.seq)
    return line[0] && due(line[0]) && !line.some(item => isActive(item, model)) ? [line[0]] : []
  })
}

class Receive implements Command {
  readonly conversation: string
  constructor(conversation: string) {
    this.conversation = conversation
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    const { conversation } = this
    const seq = model.items.filter(item => item.conversation === conversation).length + 1
    const rest = { attempts: 0, until: 0, wallFrom: 0, wallUntil: 0, renewed: false, attemptUntil: 0, claim: undefined }
    model.items.push({ conversation, seq, state: 'waiting', ...rest })
    await real.owner.receive(message(conversation, seq), '2026-01-01T00:00:00.000Z')
  }
  toString = () => `receive(${this.conversation})`
}

class Take implements Command {
  readonly options: { order: 'conversation' | 'any'; renew: boolean; leaseMs: number }
  constructor(options: Take['options']) {
    this.options = options
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    const { order, renew, leaseMs } = this.options
    const expected = claimable(model, order)
    const claims = await real.owner.queue.claim({ ...this.options, limit: 100, attemptMs: ATTEMPT_MS })
    const name = (conversation: string, seq: number | undefined) => `${conversation}${seq}`
    expect(claims.map(({ message }) => message.id).sort()).toEqual(
      expected.map(({ conversation, seq }) => name(conversation, seq)).sort(),
    )
    for (const claim of claims) {
      const item = expected.find(({ conversation, seq }) => name(conversation, seq) === claim.message.id)
      if (!item) continue
      expect(claim.attempts).toBe(item.attempts + 1)
      const attemptUntil = model.elapsed + ATTEMPT_MS
      Object.assign(item, {
        state: 'claimed',
        attempts: item.attempts + 1,
        until: renew ? attemptUntil : model.elapsed + leaseMs,
        wallFrom: model.wall,
        wallUntil: model.wall + leaseMs,
        renewed: renew,
        attemptUntil,
        claim: real.claims.push(claim) - 1,
      })
    }
  }
  toString = () => `take(${JSON.stringify(this.options)})`
}

/** Somebody who has claimed a message at some time ends its work: only who still holds it may. */
class End implements Command {
  readonly how: 'complete' | 'fail' | 'release'
  readonly which: number
  constructor(how: End['how'], which: number) {
    this.how = how
    this.which = which
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    if (real.claims.length === 0) return
    const index = this.which % real.claims.length
    const item = model.items.find(item => item.claim === index && isActive(item, model))
    const claim = real.claims[index]
    const ending = this.#end(claim)
    if (!item)
      return await expect(ending).rejects.toMatchObject({ code: expect.stringMatching(/LEASE_LOST|STORAGE_CLOSED/) })
    await ending
    item.claim = undefined
    if (this.how === 'complete') real.completed.push(`${item.conversation}${item.seq}`)
    item.state = this.how === 'complete' ? 'done' : this.how === 'fail' ? 'dead' : 'waiting'
    item.until = this.how === 'release' ? model.elapsed + 5000 : 0
    item.wallFrom = model.wall
    item.wallUntil = model.wall + 5000
    item.renewed = false
  }
  #end(claim: ClaimedMessage | undefined): Promise<void> | undefined {
    if (this.how === 'complete') return claim?.complete()
    return this.how === 'fail' ? claim?.fail('no') : claim?.release({ delayMs: 5000 })
  }
  toString = () => `${this.how}(${this.which})`
}

class Pass implements Command {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    await real.clock.advance(this.ms)
    model.elapsed += this.ms
    model.wall += this.ms
    for (const item of model.items) {
      if (item.state !== 'claimed' || !item.renewed || item.attemptUntil > model.elapsed) continue
      Object.assign(item, { state: 'waiting', until: 0, wallFrom: 0, wallUntil: 0, renewed: false, claim: undefined })
    }
  }
  toString = () => `pass(${this.ms})`
}

/** Somebody sets the machine's clock. */
class Jump implements Command {
  readonly by: number
  constructor(by: number) {
    this.by = by
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    model.wall += this.by
    real.clock.set(model.wall)
  }
  toString = () => `jump(${this.by})`
}

/** The owner dies, and another takes the queue over. */
class Replace implements Command {
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    real.owner.kill()
    real.owner = new QueueOwner(real.disk, real.clock, real.newToken)
    await real.owner.start()
    for (const item of model.items) {
      item.claim = undefined // the one who held it is gone, or has to take it up again
      const left = Math.max(0, Math.min(item.wallUntil - model.wall, item.wallUntil - item.wallFrom))
      item.until = item.renewed ? 0 : model.elapsed + left
      if (item.renewed && item.state === 'claimed')
        Object.assign(item, { state: 'waiting', wallFrom: 0, wallUntil: 0, renewed: false })
    }
  }
  toString = () => 'replace'
}

const command = [
  fc.constantFrom('a', 'b', 'c').map(conversation => new Receive(conversation)),
  fc.constantFrom('a', 'b', 'c').map(conversation => new Receive(conversation)),
  fc
    .record({
      order: fc.constantFrom('conversation' as const, 'conversation' as const, 'any' as const),
      renew: fc.boolean(),
      leaseMs: fc.integer({ min: 1000, max: 10_000 }),
    })
    .map(options => new Take(options)),
  fc
    .tuple(fc.constantFrom('complete' as const, 'fail' as const, 'release' as const), fc.nat(20))
    .map(([how, which]) => new End(how, which)),
  fc.integer({ min: 1, max: 20_000 }).map(ms => new Pass(ms)),
  fc.integer({ min: -1e8, max: 1e8 }).map(by => new Jump(by)),
  fc.constant(new Replace()),
]

test('Pending queue: it does what the model does, whatever happens to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(command, { maxCommands: 80, size: 'max' }), async commands => {
      let tokens = 0
      const clock = new ManualClock(Date.UTC(2026, 0, 1))
      const disk = memoryDisk()
      const newToken = () => `token ${++tokens}`
      const owner = new QueueOwner(disk, clock, newToken)
      await owner.start()
      const model: Model = { items: [], elapsed: 0, wall: clock.now(), claims: 0 }
      const real: Real = { clock, disk, owner, claims: [], completed: [], newToken }
      await fc.asyncModelRun(() => ({ model, real }), commands)
      expect(new Set(real.completed).size).toBe(real.completed.length)
      const left = model.items.filter(({ state }) => state === 'waiting' || state === 'claimed')
      expect(real.owner.records.pending.size).toBe(left.length)
    }),
    { numRuns: 200 },
  )
})
